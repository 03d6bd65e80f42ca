package io.fettle.pack.bmc;

import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiRequest;
import java.util.Arrays;
import java.util.Optional;

/**
 * The vendors' commands for the NIC mode. Dell: ipmitool's ipmi_delloem.c and freeipmi's
 * ipmi-oem-dell-spec.h; Supermicro: X9 and later boards, whose answer is one byte (an X8 answers
 * two and means other things by them).
 */
enum NicDialect {
  /** iDRAC6: 0 shared, 1 failover to LOM2, 2 dedicated, 3 failover to all. */
  DELL_11G(new IpmiRequest(0x30, 0x25)) {
    @Override
    Optional<NicMode> mode(byte[] data) {
      if (data.length != 1) return Optional.empty();
      return switch (data[0]) {
        case 0 -> Optional.of(NicMode.SHARED);
        case 1, 3 -> Optional.of(NicMode.FAILOVER);
        case 2 -> Optional.of(NicMode.DEDICATED);
        default -> Optional.empty();
      };
    }

    @Override
    byte[] setting(NicMode mode) {
      return switch (mode) {
        case SHARED -> new byte[] {0};
        case DEDICATED -> new byte[] {2};
        case FAILOVER -> new byte[] {3};
      };
    }

    @Override
    IpmiRequest write(byte[] setting) {
      return new IpmiRequest(0x30, 0x24, setting);
    }
  },

  /** iDRAC7 and later: 1 dedicated, 2..5 LOM1..4; then where it fails over to, 0 nowhere, 6 all. */
  DELL_12G(new IpmiRequest(0x30, 0x29)) {
    @Override
    Optional<NicMode> mode(byte[] data) {
      if (data.length < 2 || data[0] < 1 || data[0] > 5) return Optional.empty();
      if (data[0] == 1) return Optional.of(NicMode.DEDICATED);
      return Optional.of(data[1] == 0 ? NicMode.SHARED : NicMode.FAILOVER);
    }

    @Override
    byte[] setting(NicMode mode) {
      return switch (mode) {
        case DEDICATED -> new byte[] {1, 0};
        case SHARED -> new byte[] {2, 0};
        case FAILOVER -> new byte[] {2, 6};
      };
    }

    @Override
    IpmiRequest write(byte[] setting) {
      return new IpmiRequest(0x30, 0x28, setting);
    }
  },

  /** 0 dedicated, 1 shared, 2 failover. */
  SUPERMICRO(new IpmiRequest(0x30, 0x70, (byte) 0x0c, (byte) 0)) {
    @Override
    Optional<NicMode> mode(byte[] data) {
      if (data.length != 1) return Optional.empty();
      return switch (data[0]) {
        case 0 -> Optional.of(NicMode.DEDICATED);
        case 1 -> Optional.of(NicMode.SHARED);
        case 2 -> Optional.of(NicMode.FAILOVER);
        default -> Optional.empty();
      };
    }

    @Override
    byte[] setting(NicMode mode) {
      return switch (mode) {
        case DEDICATED -> new byte[] {0};
        case SHARED -> new byte[] {1};
        case FAILOVER -> new byte[] {2};
      };
    }

    @Override
    IpmiRequest write(byte[] setting) {
      return new IpmiRequest(0x30, 0x70, (byte) 0x0c, (byte) 1, setting[0]);
    }
  };

  private final IpmiRequest read;

  NicDialect(IpmiRequest read) {
    this.read = read;
  }

  IpmiRequest read() {
    return read;
  }

  /** The mode in an answer; empty when refused or not understood. */
  Optional<NicMode> mode(IpmiAnswer answer) {
    return answer.ok() ? mode(answer.data()) : Optional.empty();
  }

  abstract Optional<NicMode> mode(byte[] data);

  /** The bytes that this dialect writes for a mode; several may mean the same one. */
  abstract byte[] setting(NicMode mode);

  /** The command that writes these bytes. */
  abstract IpmiRequest write(byte[] setting);

  /** The bytes of an answer that writing would take; empty when it tells no mode. */
  Optional<byte[]> setting(IpmiAnswer answer) {
    int length = setting(NicMode.DEDICATED).length;
    return mode(answer).map(_ -> Arrays.copyOf(answer.data(), length));
  }

  /** True when these bytes can be written and mean this mode here. */
  boolean takes(byte[] setting, NicMode mode) {
    return setting.length == setting(mode).length && mode(setting).filter(mode::equals).isPresent();
  }
}
