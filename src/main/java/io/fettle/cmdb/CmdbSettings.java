package io.fettle.cmdb;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the register.
 *
 * @param intentFolder folder of intent files ({@code *.yml}), read again when one changes
 * @param tick how often the register looks for work: changed files and machines, aged values
 */
@ConfigurationProperties("fettle.cmdb")
record CmdbSettings(
    @DefaultValue("conf/intent") Path intentFolder, @DefaultValue("1s") Duration tick) {}
