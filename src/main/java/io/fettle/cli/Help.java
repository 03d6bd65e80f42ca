package io.fettle.cli;

/** The page of {@code ./fettle help}. */
final class Help {
  private Help() {}

  static String text() {
    return """
    ./fettle COMMAND [--json] [--server URL]

    Run it
      up [--lab] [--machines N] [--port P] [--seed S] [--foreground] [--listen ADDR]
          [--port-offset N] [--no-backup]
                                 build if needed, start, print the address and how to sign in;
                                 --foreground stays until Ctrl-C and then stops the lab too;
                                 --port-offset moves the lab's own ports, for a second lab;
                                 a newer Fettle backs the data up first, unless --no-backup
      down                       stop what runs on this machine
      lab [--machines N]         the simulated data centre alone
      status                     is it ready, what does it know, is each part healthy
      doctor                     audit chain, settings, disk, database, clock, packages
      test                       install what the tests need, build, run every test
      version

    Machines
      import FILE [--dry-run]    purchased machines from CSV
      find KEY                   asset number, serial, IP, MAC, host name, BMC address
      machine KEY                everything known of one machine
      credential add --kind ssh-key|ssh-password|bmc --name N --user U --for QUERY [--priority N]  (secret on standard input)
      credential list | credential remove NAME
      hostkey list [--all] | accept|refuse ENDPOINT... [--fingerprint F] --reason TEXT
      hostkey accept --for QUERY --since TIME [--dry-run] --reason TEXT  (after a declared reinstall)
      account declare FILE | list | why USER KEY

    Faults and repairs
      faults [--state S] [--class C] [--machine KEY] [--sort BY] [--limit N] [--cursor NEXT]
      fault ID                   its whole story
      run FAULT [--dry-run]      run what is suggested for it (policies in mode suggest)
      tickets [--all] [--class C] [--machine KEY] [--sort BY]
                                 open ones; like every long list with --limit and --cursor
      policy list | mode NAME observe|suggest|auto --reason TEXT [--dry-run]
      check try FILE --on KEY
      freeze on|off --reason TEXT

    One command on many machines
      run --on QUERY (--ssh COMMAND | --script FILE | --library PATH[@COMMIT] | --action NAME)
          [--with k=v] [--literal] --reason TEXT
          [--dry-run] [--root] [--steps 1,5,25%,100%] [--width N] [--per-rack N] [--per-service N]
          [--ask | --pause 30s] [--limit 60s] [--total 2h] [--stop-at 20%] [--count N]
          [--break-glass TEXT] [--detach]
      job ID | list              follow it (again); all of them
      job stop|continue|approve|reject|output ID
      job rerun ID [--only VERDICT] [--limit 5m]  those on which surely nothing ran, or those named
      job undo ID                puts back what its action changed
      run --on QUERY --put FILE --to PATH [--mode 0644] [--root] [--replace] --reason TEXT
      run --on QUERY --get PATH --into DIR --reason TEXT;  job files ID --into DIR
      job save NAME (as run) [--param NAME[:TYPE][=V]] [--most N] [--team T] [--cron C --zone Z]
      job saved [NAME] | start NAME [--set k=v] [--on QUERY] [--dry-run] | agree|forget NAME

    Script library (to change a script: git clone URL/git/scripts.git, a token is the password)
      script list [FOLDER] | show PATH | blame PATH  [--ref BRANCH|TAG|COMMIT]
      script log [PATH] | diff COMMIT
      script changes | change BRANCH | merge BRANCH TIP [--reason TEXT]   review
      mirror list | put NAME URL [--secret-file FILE] | remove NAME       copies elsewhere

    Backups of Fettle itself
      backup [DIR]               takes one while Fettle works; only what changed is stored
      backup list [DIR] | verify [DIR] [--at ID] | targets
      backup key FILE [--master-key FILE]   the keys that a restore needs: keep them elsewhere
      restore DIR [--at ID] --key FILE [--master-key FILE] [--database own|outside]
                                 into an empty FETTLE_HOME; then up

    Access
      token create --name N --role ROLE [--team T] [--expires 90d] | list | revoke ID

    --json: one document on standard output, also for a refusal ({"title": ...}); words go to standard error.
    up, down and lab act on this machine only and take no --server.
    Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 server not reachable.
    On this machine the commands sign in by themselves; elsewhere set FETTLE_URL and FETTLE_TOKEN.\
    """;
  }
}
