/*
 * Plug-in for ipmi_sim (OpenIPMI 2.0.33): what real cards have and the simulator lacks.
 *
 *   Dell 11G      netfn 30 cmd 24/25         set / get NIC selection
 *   Dell 12G-14G  netfn 30 cmd 28/29         set / get LAN mode and failover
 *   Supermicro    netfn 30 cmd 70, data 0c   get / set LAN interface
 *   Dell          netfn 06 cmd 59, param dd  controller type (the generation)
 *   all           netfn 06 cmd 02            cold reset (counted, nothing restarts)
 *
 * The argument of loadlib is a folder. FOLDER/oem holds "name value" lines and is read again for
 * each command, so that a test can change the card while it runs; each command that changes
 * something is counted as "writes" and appended to FOLDER/journal before it takes effect.
 */
#include <stdio.h>
#include <string.h>
#include <OpenIPMI/serv.h>
#include <OpenIPMI/mcserv.h>

enum { NIC11, NIC12, FAILOVER12, SUPERMICRO, LICENCE, CONTROLLER, RESETS, DELL, WRITES, COUNT };
static const char *const names[COUNT] = {"nic11",      "nic12",  "failover12", "supermicro", "licence",
                                         "controller", "resets", "dell",       "writes"};
static int value[COUNT] = {2, 1, 0, 2, 1, 10, 0, 1, 0};
static char folder[400];

static FILE *open_in_folder(const char *name, const char *mode)
{
    char path[500];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return fopen(path, mode);
}

static void load(void)
{
    char name[32];
    int number, i;
    FILE *f = open_in_folder("oem", "r");
    if (!f)
        return;
    while (fscanf(f, "%31s %d", name, &number) == 2)
        for (i = 0; i < COUNT; i++)
            if (strcmp(name, names[i]) == 0)
                value[i] = number;
    fclose(f);
}

static void save(void)
{
    int i;
    char made[500], final[500];
    FILE *f = open_in_folder("oem.new", "w");
    if (!f)
        return;
    for (i = 0; i < COUNT; i++)
        fprintf(f, "%s %d\n", names[i], value[i]);
    fclose(f);
    snprintf(made, sizeof made, "%s/oem.new", folder);
    snprintf(final, sizeof final, "%s/oem", folder);
    rename(made, final);
}

static void journal(msg_t *m)
{
    unsigned int i;
    FILE *f = open_in_folder("journal", "a");
    if (f) {
        fprintf(f, "netfn %02x cmd %02x", m->netfn, m->cmd);
        if (m->len > 0)
            fprintf(f, " data");
        for (i = 0; i < m->len; i++)
            fprintf(f, " %02x", m->data[i]);
        fprintf(f, "\n");
        fclose(f);
    }
    value[WRITES]++;
    save();
}

static void say(unsigned char *r, unsigned int *len, int code)
{
    r[0] = code;
    *len = 1;
}

static void dell11_get(lmc_data_t *mc, msg_t *m, unsigned char *r, unsigned int *len, void *data)
{
    load();
    if (!value[DELL]) {
        say(r, len, 0xc1);
        return;
    }
    say(r, len, 0);
    r[1] = value[NIC11];
    *len = 2;
}

static void dell11_set(lmc_data_t *mc, msg_t *m, unsigned char *r, unsigned int *len, void *data)
{
    load();
    journal(m);
    if (!value[DELL]) {
        say(r, len, 0xc1);
    } else if (m->len < 1) {
        say(r, len, 0xc7);
    } else if (m->data[0] > 3) {
        say(r, len, 0xcc);
    } else if (m->data[0] == 2 && !value[LICENCE]) {
        say(r, len, 0x6f);
    } else {
        value[NIC11] = m->data[0];
        save();
        say(r, len, 0);
    }
}

static void dell12_get(lmc_data_t *mc, msg_t *m, unsigned char *r, unsigned int *len, void *data)
{
    load();
    if (!value[DELL]) {
        say(r, len, 0xc1);
        return;
    }
    say(r, len, 0);
    r[1] = value[NIC12];
    r[2] = value[FAILOVER12];
    *len = 3;
}

static void dell12_set(lmc_data_t *mc, msg_t *m, unsigned char *r, unsigned int *len, void *data)
{
    load();
    journal(m);
    if (!value[DELL]) {
        say(r, len, 0xc1);
    } else if (m->len < 2) {
        say(r, len, 0xc7);
    } else if (m->data[0] < 1 || m->data[0] > 5 || m->data[1] > 6) {
        say(r, len, 0xcc);
    } else if (m->data[0] == 1 && !value[LICENCE]) {
        say(r, len, 0x6f);
    } else {
        value[NIC12] = m->data[0];
        value[FAILOVER12] = m->data[1];
        save();
        say(r, len, 0);
    }
}

static void supermicro(lmc_data_t *mc, msg_t *m, unsigned char *r, unsigned int *len, void *data)
{
    load();
    if (value[DELL] || m->len < 2 || m->data[0] != 0x0c) {
        say(r, len, 0xc1);
        return;
    }
    if (m->data[1] == 0) {
        say(r, len, 0);
        r[1] = value[SUPERMICRO];
        *len = 2;
        return;
    }
    journal(m);
    if (m->len < 3 || m->data[2] > 2) {
        say(r, len, 0xcc);
        return;
    }
    value[SUPERMICRO] = m->data[2];
    save();
    say(r, len, 0);
}

static void system_info(lmc_data_t *mc, msg_t *m, unsigned char *r, unsigned int *len, void *data)
{
    load();
    if (m->len < 4) {
        say(r, len, 0xc7);
        return;
    }
    if (m->data[1] != 0xdd || value[CONTROLLER] == 0) {
        say(r, len, 0x80);
        return;
    }
    memset(r, 0, 16);
    r[1] = 0x11;
    r[11] = value[CONTROLLER];
    *len = 16;
}

static void cold_reset(lmc_data_t *mc, msg_t *m, unsigned char *r, unsigned int *len, void *data)
{
    load();
    journal(m);
    value[RESETS]++;
    save();
    say(r, len, 0);
}

int ipmi_sim_module_print_version(sys_data_t *sys, char *options)
{
    printf("fettle_oem 2\n");
    return 0;
}

int ipmi_sim_module_init(sys_data_t *sys, char *options)
{
    if (options)
        snprintf(folder, sizeof folder, "%s", options);
    load();
    ipmi_emu_register_cmd_handler(0x30, 0x24, dell11_set, 0);
    ipmi_emu_register_cmd_handler(0x30, 0x25, dell11_get, 0);
    ipmi_emu_register_cmd_handler(0x30, 0x28, dell12_set, 0);
    ipmi_emu_register_cmd_handler(0x30, 0x29, dell12_get, 0);
    ipmi_emu_register_cmd_handler(0x30, 0x70, supermicro, 0);
    ipmi_emu_register_cmd_handler(0x06, 0x59, system_info, 0);
    ipmi_emu_register_cmd_handler(0x06, 0x02, cold_reset, 0);
    return 0;
}
