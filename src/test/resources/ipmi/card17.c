/*
 * A management card that speaks cipher suite 17 and nothing else: RAKP-HMAC-SHA256,
 * HMAC-SHA256-128, AES-CBC-128. Packet formats, session keys, encryption, authentication codes and
 * their checks are libfreeipmi's. That library is a client's: the codes of RAKP 2 and RAKP 4 it can
 * only check, so libgcrypt makes them and they are sent after libfreeipmi has agreed.
 *
 *   card17 ADDRESS [mute]
 *
 * "mute" leaves Get Channel Cipher Suites unanswered, as many cards do. The first line of output is
 * the UDP port; then one line for each thing that happens. It ends when its standard input does.
 */
#include <arpa/inet.h>
#include <endian.h>
#include <freeipmi/freeipmi.h>
#include <gcrypt.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SUITE = 17,
    AUTHENTICATION = IPMI_AUTHENTICATION_ALGORITHM_RAKP_HMAC_SHA256,
    INTEGRITY = IPMI_INTEGRITY_ALGORITHM_HMAC_SHA256_128,
    CONFIDENTIALITY = IPMI_CONFIDENTIALITY_ALGORITHM_AES_CBC_128,
    RMCP_LENGTH = 4,
    CODE = 16,
    MAC = 32,
    RANDOM = 16,
    SLOTS = 4,
    LARGEST = 1024,
    ABOVE_ROLE =
        IPMI_COMP_CODE_SET_SESSION_PRIVILEGE_LEVEL_REQUESTED_LEVEL_EXCEEDS_USER_PRIVILEGE_LIMIT
};

static const char USER[] = "ADMIN";
static const char PASSWORD[] = "fettle-pw";
static const uint8_t GUID[16] = {0xa1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                                 0xa1, 0x23, 0x45, 0x67, 0x89, 0x00, 0x00, 0x17};

/* Any command, of which only the number is known before it has been decrypted. */
static fiid_template_t tmpl_request = {
    {8, "cmd", FIID_FIELD_REQUIRED | FIID_FIELD_LENGTH_FIXED | FIID_FIELD_MAKES_PACKET_SUFFICIENT},
    {8 * 256, "data", FIID_FIELD_OPTIONAL | FIID_FIELD_LENGTH_VARIABLE},
    {0, "", 0}};

/* What a refused command is answered with. */
static fiid_template_t tmpl_refusal = {
    {8, "cmd", FIID_FIELD_REQUIRED | FIID_FIELD_LENGTH_FIXED},
    {8, "comp_code", FIID_FIELD_REQUIRED | FIID_FIELD_LENGTH_FIXED},
    {0, "", 0}};

struct session {
    enum { FREE, OPENED, CHALLENGED, ACTIVE } step;
    uint32_t card, console, sent, seen;
    uint8_t role, by_name;
    uint8_t console_random[RANDOM], card_random[RANDOM];
    uint8_t key_room[3][64];
    void *sik, *k1, *k2;
    unsigned int sik_length, k1_length, k2_length;
};

struct message {
    fiid_obj_t header, command, trailer;
};

static struct session sessions[SLOTS];
static int mute, udp;
static struct sockaddr_in peer;

/* The last step of a log-in and its answer: a step sent again is answered alike, not taken anew. */
static struct {
    uint8_t request[LARGEST], answer[LARGEST];
    int request_length, answer_length;
} last;

static void die(const char *what)
{
    fprintf(stderr, "card17: %s\n", what);
    exit(1);
}

static void tell(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

/* Objects live as long as the datagram that made them. */
static fiid_obj_t made[64];
static int made_count;

static fiid_obj_t make(fiid_field_t *template)
{
    fiid_obj_t object = made_count < 64 ? fiid_obj_create(template) : NULL;
    if (!object)
        die("no object");
    return made[made_count++] = object;
}

static fiid_obj_t read_as(fiid_field_t *template, const uint8_t *bytes, int length)
{
    fiid_obj_t object = make(template);
    return length > 0 && fiid_obj_set_all(object, bytes, length) >= 0
                   && fiid_obj_packet_valid(object) == 1
               ? object
               : NULL;
}

static uint64_t get(fiid_obj_t object, const char *field)
{
    uint64_t value;
    if (fiid_obj_get(object, field, &value) != 1)
        die(field);
    return value;
}

static void set(fiid_obj_t object, const char *field, uint64_t value)
{
    if (fiid_obj_set(object, field, value) < 0)
        die(field);
}

static int get_bytes(fiid_obj_t object, const char *field, uint8_t *to, int room)
{
    int length = fiid_obj_get_data(object, field, to, room);
    if (length < 0)
        die(field);
    return length;
}

static void set_bytes(fiid_obj_t object, const char *field, const void *from, int length)
{
    if (fiid_obj_set_data(object, field, from, length) < 0)
        die(field);
}

/* An object of which every number is 0. */
static fiid_obj_t zeroes(fiid_field_t *template)
{
    fiid_obj_t object = make(template);
    for (fiid_field_t *f = template; f->max_field_len; f++)
        if (f->max_field_len <= 64)
            set(object, f->key, 0);
    return object;
}

static int append(uint8_t *to, int at, fiid_obj_t object)
{
    int length = fiid_obj_get_all(object, to + at, LARGEST - at);
    if (length < 0)
        die("object does not fit");
    return at + length;
}

static void send_packet(const uint8_t *packet, int length)
{
    if (length < 0)
        die("libfreeipmi did not assemble a packet");
    sendto(udp, packet, length, 0, (struct sockaddr *)&peer, sizeof peer);
}

static fiid_obj_t rmcp_header(void)
{
    fiid_obj_t header = make(tmpl_rmcp_hdr);
    if (fill_rmcp_hdr_ipmi(header) < 0)
        die("rmcp header");
    return header;
}

/* ---- log-in ---- */

static struct session *session_of(uint32_t card)
{
    for (int i = 0; i < SLOTS; i++)
        if (sessions[i].step != FREE && sessions[i].card == card)
            return &sessions[i];
    return NULL;
}

/* A free slot, or one whose log-in was not finished. */
static struct session *slot(void)
{
    for (int i = 0; i < SLOTS; i++)
        if (sessions[i].step == FREE)
            return &sessions[i];
    for (int i = 0; i < SLOTS; i++)
        if (sessions[i].step != ACTIVE)
            return &sessions[i];
    return NULL;
}

/* The library assembles only what a client sends, so the parts of an answer are joined here. */
static void send_step(int type, fiid_obj_t body)
{
    uint8_t payload[LARGEST];
    int length = append(payload, 0, body);
    fiid_obj_t header = make(tmpl_rmcpplus_session_hdr);
    if (fill_rmcpplus_session_hdr(type, 0, 0, 0, 0, 0, 0, header) < 0)
        die("session header");
    set(header, "ipmi_payload_len", length);
    length = append(last.answer, 0, rmcp_header());
    length = append(last.answer, length, header);
    last.answer_length = append(last.answer, length, body);
    send_packet(last.answer, last.answer_length);
}

static fiid_obj_t step_answer(fiid_field_t *template, fiid_obj_t request, int status,
                              uint32_t console)
{
    fiid_obj_t answer = make(template);
    set(answer, "message_tag", get(request, "message_tag"));
    set(answer, "rmcpplus_status_code", status);
    set(answer, "reserved1", 0);
    if (template == tmpl_rmcpplus_open_session_response) {
        set(answer, "maximum_privilege_level", 0);
        set(answer, "reserved2", 0);
    }
    set(answer, "remote_console_session_id", console);
    return answer;
}

static void refuse_step(int type, fiid_field_t *template, fiid_obj_t request, int status,
                        struct session *s)
{
    tell("refused at step %02x, status %02x", type, status);
    send_step(type, step_answer(template, request, status, s ? s->console : 0));
    if (s)
        s->step = FREE;
}

static void chosen(fiid_obj_t answer, const char *kind, int type, int value)
{
    char field[80];
    snprintf(field, sizeof field, "%s_payload.payload_type", kind);
    set(answer, field, type);
    snprintf(field, sizeof field, "%s_payload.payload_length", kind);
    set(answer, field, IPMI_AUTHENTICATION_PAYLOAD_LENGTH);
    snprintf(field, sizeof field, "%s_payload.%s_algorithm", kind, kind);
    set(answer, field, value);
}

static void open_session(fiid_obj_t request)
{
    const int type = IPMI_PAYLOAD_TYPE_RMCPPLUS_OPEN_SESSION_RESPONSE;
    struct session *s = slot();
    struct session none = {.console = get(request, "remote_console_session_id")};
    fiid_obj_t answer;
    if (get(request, "authentication_payload.authentication_algorithm") != AUTHENTICATION
        || get(request, "integrity_payload.integrity_algorithm") != INTEGRITY
        || get(request, "confidentiality_payload.confidentiality_algorithm") != CONFIDENTIALITY) {
        refuse_step(type, tmpl_rmcpplus_open_session_response, request,
                    RMCPPLUS_STATUS_NO_CIPHER_SUITE_MATCH_WITH_PROPOSED_SECURITY_ALGORITHMS, &none);
        return;
    }
    if (!s) {
        refuse_step(type, tmpl_rmcpplus_open_session_response, request,
                    RMCPPLUS_STATUS_INSUFFICIENT_RESOURCES_TO_CREATE_A_SESSION, &none);
        return;
    }
    memset(s, 0, sizeof *s);
    s->console = none.console;
    do
        if (ipmi_get_random(&s->card, sizeof s->card) < 0)
            die("no random number");
    while (s->card == 0 || session_of(s->card));
    s->step = OPENED;
    answer = zeroes(tmpl_rmcpplus_open_session_response);
    set(answer, "message_tag", get(request, "message_tag"));
    set(answer, "maximum_privilege_level", IPMI_PRIVILEGE_LEVEL_ADMIN);
    set(answer, "remote_console_session_id", s->console);
    set(answer, "managed_system_session_id", s->card);
    chosen(answer, "authentication", IPMI_AUTHENTICATION_PAYLOAD_TYPE, AUTHENTICATION);
    chosen(answer, "integrity", IPMI_INTEGRITY_PAYLOAD_TYPE, INTEGRITY);
    chosen(answer, "confidentiality", IPMI_CONFIDENTIALITY_PAYLOAD_TYPE, CONFIDENTIALITY);
    send_step(type, answer);
}

/* HMAC-SHA256 over parts given as pointer and length, ended by a null pointer. */
static void hmac(uint8_t mac[MAC], const void *key, int key_length, ...)
{
    gcry_md_hd_t h;
    const void *part;
    va_list parts;
    if (gcry_md_open(&h, GCRY_MD_SHA256, GCRY_MD_FLAG_HMAC) || gcry_md_setkey(h, key, key_length))
        die("no HMAC");
    va_start(parts, key_length);
    while ((part = va_arg(parts, const void *)))
        gcry_md_write(h, part, va_arg(parts, int));
    va_end(parts);
    memcpy(mac, gcry_md_read(h, GCRY_MD_SHA256), MAC);
    gcry_md_close(h);
}

static void derive_keys(struct session *s)
{
    s->sik = s->key_room[0];
    s->k1 = s->key_room[1];
    s->k2 = s->key_room[2];
    s->sik_length = s->k1_length = s->k2_length = sizeof s->key_room[0];
    if (ipmi_calculate_rmcpplus_session_keys(
            AUTHENTICATION, INTEGRITY, CONFIDENTIALITY, PASSWORD, strlen(PASSWORD), NULL, 0,
            s->console_random, RANDOM, s->card_random, RANDOM, s->by_name, s->role, USER,
            strlen(USER), &s->sik, &s->sik_length, &s->k1, &s->k1_length, &s->k2, &s->k2_length)
        < 0)
        die("no session keys");
}

static void rakp_1(fiid_obj_t request)
{
    const int type = IPMI_PAYLOAD_TYPE_RAKP_MESSAGE_2;
    struct session *s = session_of(get(request, "managed_system_session_id"));
    uint8_t name[17] = "", mac[MAC], who[2];
    uint32_t card, console;
    fiid_obj_t answer;
    int status = 0, name_length = get_bytes(request, "user_name", name, sizeof name);
    if (!s || s->step != OPENED) {
        refuse_step(type, tmpl_rmcpplus_rakp_message_2, request, RMCPPLUS_STATUS_INVALID_SESSION_ID,
                    NULL);
        return;
    }
    s->role = get(request, "requested_maximum_privilege_level");
    s->by_name = get(request, "name_only_lookup");
    if (name_length != (int)get(request, "user_name_length"))
        status = RMCPPLUS_STATUS_INVALID_NAME_LENGTH;
    else if (strcmp((char *)name, USER) != 0)
        status = RMCPPLUS_STATUS_UNAUTHORIZED_NAME;
    else if (s->role < IPMI_PRIVILEGE_LEVEL_USER || s->role > IPMI_PRIVILEGE_LEVEL_ADMIN)
        status = RMCPPLUS_STATUS_INVALID_ROLE;
    if (status) {
        refuse_step(type, tmpl_rmcpplus_rakp_message_2, request, status, s);
        return;
    }
    get_bytes(request, "remote_console_random_number", s->console_random, RANDOM);
    if (ipmi_get_random(s->card_random, RANDOM) < 0)
        die("no random number");
    derive_keys(s);
    who[0] = s->by_name << 4 | s->role;
    who[1] = strlen(USER);
    card = htole32(s->card);
    console = htole32(s->console);
    hmac(mac, PASSWORD, strlen(PASSWORD), &console, 4, &card, 4, s->console_random, RANDOM,
         s->card_random, RANDOM, GUID, 16, who, 2, USER, (int)strlen(USER), NULL);
    answer = step_answer(tmpl_rmcpplus_rakp_message_2, request, 0, s->console);
    set_bytes(answer, "managed_system_random_number", s->card_random, RANDOM);
    set_bytes(answer, "managed_system_guid", GUID, sizeof GUID);
    set_bytes(answer, "key_exchange_authentication_code", mac, MAC);
    if (ipmi_rmcpplus_check_rakp_2_key_exchange_authentication_code(
            AUTHENTICATION, PASSWORD, strlen(PASSWORD), s->console, s->card, s->console_random,
            RANDOM, s->card_random, RANDOM, GUID, sizeof GUID, s->by_name, s->role, USER,
            strlen(USER), answer)
        != 1)
        die("libfreeipmi does not agree with RAKP 2");
    s->step = CHALLENGED;
    send_step(type, answer);
}

static void rakp_3(fiid_obj_t request)
{
    const int type = IPMI_PAYLOAD_TYPE_RAKP_MESSAGE_4;
    struct session *s = session_of(get(request, "managed_system_session_id"));
    uint8_t theirs[64], right[MAC], mac[MAC];
    uint32_t card;
    int status = get(request, "rmcpplus_status_code");
    fiid_obj_t answer;
    if (!s || s->step != CHALLENGED) {
        refuse_step(type, tmpl_rmcpplus_rakp_message_4, request, RMCPPLUS_STATUS_INVALID_SESSION_ID,
                    NULL);
        return;
    }
    if (status) {
        tell("console gave up, status %02x", status);
        s->step = FREE;
        return;
    }
    if (ipmi_calculate_rakp_3_key_exchange_authentication_code(
            AUTHENTICATION, PASSWORD, strlen(PASSWORD), s->card_random, RANDOM, s->console,
            s->by_name, s->role, USER, strlen(USER), right, MAC)
        != MAC)
        die("no code for RAKP 3");
    if (get_bytes(request, "key_exchange_authentication_code", theirs, sizeof theirs) != MAC
        || memcmp(theirs, right, MAC) != 0) {
        refuse_step(type, tmpl_rmcpplus_rakp_message_4, request,
                    RMCPPLUS_STATUS_INVALID_INTEGRITY_CHECK_VALUE, s);
        return;
    }
    card = htole32(s->card);
    hmac(mac, s->sik, s->sik_length, s->console_random, RANDOM, &card, 4, GUID, 16, NULL);
    answer = step_answer(tmpl_rmcpplus_rakp_message_4, request, 0, s->console);
    set_bytes(answer, "integrity_check_value", mac, CODE);
    if (ipmi_rmcpplus_check_rakp_4_integrity_check_value(AUTHENTICATION, s->sik, s->sik_length,
                                                         s->console_random, RANDOM, s->card, GUID,
                                                         sizeof GUID, answer)
        != 1)
        die("libfreeipmi does not agree with RAKP 4");
    s->step = ACTIVE;
    tell("open with suite %d", SUITE);
    send_step(type, answer);
}

static void log_in(int type, const uint8_t *body, int length)
{
    fiid_obj_t request = NULL;
    if (length == last.request_length && memcmp(body, last.request, length) == 0) {
        if (last.answer_length)
            send_packet(last.answer, last.answer_length);
        return;
    }
    memcpy(last.request, body, length);
    last.request_length = length;
    last.answer_length = 0;
    if (type == IPMI_PAYLOAD_TYPE_RMCPPLUS_OPEN_SESSION_REQUEST
        && (request = read_as(tmpl_rmcpplus_open_session_request, body, length)))
        open_session(request);
    else if (type == IPMI_PAYLOAD_TYPE_RAKP_MESSAGE_1
             && (request = read_as(tmpl_rmcpplus_rakp_message_1, body, length)))
        rakp_1(request);
    else if (type == IPMI_PAYLOAD_TYPE_RAKP_MESSAGE_3
             && (request = read_as(tmpl_rmcpplus_rakp_message_3, body, length)))
        rakp_3(request);
    if (!request)
        tell("refused: malformed step %02x", type);
}

/* ---- commands ---- */

static fiid_obj_t completed(fiid_field_t *template, int command, int code)
{
    fiid_obj_t answer = make(template);
    set(answer, "cmd", command);
    set(answer, "comp_code", code);
    return answer;
}

static fiid_obj_t good(fiid_field_t *template, int command)
{
    fiid_obj_t answer = zeroes(template);
    set(answer, "cmd", command);
    return answer;
}

static fiid_obj_t capabilities(void)
{
    fiid_obj_t answer = good(tmpl_cmd_get_channel_authentication_capabilities_rs,
                                    IPMI_CMD_GET_CHANNEL_AUTHENTICATION_CAPABILITIES);
    set(answer, "channel_number", 1);
    set(answer, "authentication_type.ipmi_v2.0_extended_capabilities_available", 1);
    set(answer, "authentication_status.non_null_username", 1);
    set(answer, "channel_supports_ipmi_v2.0_connections", 1);
    return answer;
}

static fiid_obj_t cipher_suites(fiid_obj_t request)
{
    /* A standard suite, its number, and its three algorithms tagged by kind. */
    static const uint8_t record[] = {0xc0, SUITE, AUTHENTICATION, 0x40 | INTEGRITY,
                                     0x80 | CONFIDENTIALITY};
    fiid_obj_t answer =
        completed(tmpl_cmd_get_channel_cipher_suites_rs, IPMI_CMD_GET_CHANNEL_CIPHER_SUITES, 0);
    set(answer, "channel_number", 1);
    if (get(request, "list_index") == 0)
        set_bytes(answer, "cipher_suite_record_data", record, sizeof record);
    return answer;
}

static fiid_obj_t device_id(void)
{
    fiid_obj_t answer = good(tmpl_cmd_get_device_id_rs, IPMI_CMD_GET_DEVICE_ID);
    set(answer, "device_id", 0x17);
    set(answer, "firmware_revision1.major_revision", 2);
    set(answer, "firmware_revision2.minor_revision", 0x17);
    set(answer, "ipmi_version_major", 2);
    set(answer, "additional_device_support.chassis_device", 1);
    set(answer, "manufacturer_id.id", 674);
    set(answer, "product_id", 0x0100);
    return answer;
}

static fiid_obj_t privilege(struct session *s, fiid_obj_t request)
{
    int level = get(request, "privilege_level");
    fiid_obj_t answer;
    if (level > s->role)
        return completed(tmpl_refusal, IPMI_CMD_SET_SESSION_PRIVILEGE_LEVEL, ABOVE_ROLE);
    answer = good(tmpl_cmd_set_session_privilege_level_rs,
                         IPMI_CMD_SET_SESSION_PRIVILEGE_LEVEL);
    set(answer, "privilege_level", level ? level : s->role);
    return answer;
}

static fiid_obj_t close_session(struct session *s, fiid_obj_t request)
{
    if (get(request, "session_id") != s->card)
        return completed(tmpl_refusal, IPMI_CMD_CLOSE_SESSION,
                         IPMI_COMP_CODE_CLOSE_SESSION_INVALID_SESSION_ID_IN_REQUEST);
    s->step = FREE;
    tell("closed");
    return completed(tmpl_cmd_close_session_rs, IPMI_CMD_CLOSE_SESSION, 0);
}

static fiid_field_t *request_template(int command, int inside)
{
    switch (command) {
    case IPMI_CMD_GET_CHANNEL_AUTHENTICATION_CAPABILITIES:
        return tmpl_cmd_get_channel_authentication_capabilities_rq;
    case IPMI_CMD_GET_CHANNEL_CIPHER_SUITES:
        return tmpl_cmd_get_channel_cipher_suites_rq;
    case IPMI_CMD_GET_DEVICE_ID:
        return inside ? tmpl_cmd_get_device_id_rq : NULL;
    case IPMI_CMD_SET_SESSION_PRIVILEGE_LEVEL:
        return inside ? tmpl_cmd_set_session_privilege_level_rq : NULL;
    case IPMI_CMD_CLOSE_SESSION:
        return inside ? tmpl_cmd_close_session_rq : NULL;
    default:
        return NULL;
    }
}

/* The answer to one command; null when there is none. */
static fiid_obj_t execute(struct session *s, struct message *m)
{
    uint8_t bytes[LARGEST];
    int command = get(m->command, "cmd"), net_fn = get(m->header, "net_fn");
    fiid_field_t *template =
        net_fn == IPMI_NET_FN_APP_RQ ? request_template(command, s != NULL) : NULL;
    fiid_obj_t request;
    if (net_fn % 2 != 0 || !IPMI_NET_FN_VALID(net_fn + 1)) {
        tell("refused: netfn %02x", net_fn);
        return NULL;
    }
    tell("%s netfn %02x cmd %02x", s ? "inside" : "outside", net_fn, command);
    if (!template)
        return completed(tmpl_refusal, command, IPMI_COMP_CODE_INVALID_COMMAND);
    request = read_as(template, bytes, append(bytes, 0, m->command));
    if (!request)
        return completed(tmpl_refusal, command, IPMI_COMP_CODE_REQUEST_DATA_LENGTH_INVALID);
    switch (command) {
    case IPMI_CMD_GET_CHANNEL_AUTHENTICATION_CAPABILITIES:
        return capabilities();
    case IPMI_CMD_GET_CHANNEL_CIPHER_SUITES:
        return mute ? NULL : cipher_suites(request);
    case IPMI_CMD_GET_DEVICE_ID:
        return device_id();
    case IPMI_CMD_SET_SESSION_PRIVILEGE_LEVEL:
        return privilege(s, request);
    default:
        return close_session(s, request);
    }
}

/* ---- packets ---- */

/*
 * The library reads answers and writes requests. Both have one layout, in which responder and
 * requester change places, so a request is read as an answer and an answer written as a request.
 */
static struct message message_read(void)
{
    return (struct message){make(tmpl_lan_msg_hdr_rs), make(tmpl_request), make(tmpl_lan_msg_trlr)};
}

static int checksums(struct message *m)
{
    return ipmi_lan_check_checksum(m->header, m->command, m->trailer) == 1;
}

static fiid_obj_t answer_header(struct message *m)
{
    fiid_obj_t header = make(tmpl_lan_msg_hdr_rq);
    if (fill_lan_msg_hdr(get(m->header, "rs_addr"), get(m->header, "net_fn") + 1,
                         get(m->header, "rs_lun"), get(m->header, "rq_seq"), header)
        < 0)
        die("message header");
    set(header, "rq_addr", IPMI_SLAVE_ADDRESS_BMC);
    set(header, "rq_lun", get(m->header, "rq_lun"));
    return header;
}

static void ipmi_15(const uint8_t *packet, int length)
{
    fiid_obj_t rmcp = make(tmpl_rmcp_hdr), session = make(tmpl_lan_session_hdr), answer;
    struct message m = message_read();
    uint8_t out[LARGEST];
    if (unassemble_ipmi_lan_pkt(packet, length, rmcp, session, m.header, m.command, m.trailer, 0)
            != 1
        || get(session, "authentication_type") != IPMI_AUTHENTICATION_TYPE_NONE
        || get(session, "session_id") != 0 || !checksums(&m)) {
        tell("refused: malformed IPMI 1.5 packet");
        return;
    }
    answer = execute(NULL, &m);
    if (!answer)
        return;
    if (fill_lan_session_hdr(IPMI_AUTHENTICATION_TYPE_NONE, 0, 0, session) < 0)
        die("session header");
    send_packet(out, assemble_ipmi_lan_pkt(rmcp_header(), session, answer_header(&m), answer, NULL,
                                           0, out, sizeof out, 0));
}

/* A command outside any session or, when s is not null, in one. */
static void ipmi_20(struct session *s, const uint8_t *packet, int length)
{
    fiid_obj_t rmcp = make(tmpl_rmcp_hdr), header = make(tmpl_rmcpplus_session_hdr),
               payload = make(tmpl_rmcpplus_payload), trailer = make(tmpl_rmcpplus_session_trlr),
               answer;
    struct message m = message_read();
    uint8_t out[LARGEST];
    int authentication = s ? AUTHENTICATION : 0, integrity = s ? INTEGRITY : 0,
        confidentiality = s ? CONFIDENTIALITY : 0;
    void *k1 = s ? s->k1 : NULL, *k2 = s ? s->k2 : NULL;
    int k1_length = s ? s->k1_length : 0, k2_length = s ? s->k2_length : 0;
    uint32_t console = s ? s->console : 0;
    if (unassemble_ipmi_rmcpplus_pkt(authentication, integrity, confidentiality, k1, k1_length, k2,
                                     k2_length, packet, length, rmcp, header, payload, m.header,
                                     m.command, m.trailer, trailer, 0)
        != 1) {
        tell("refused: malformed packet");
        return;
    }
    if (s
        && (!get(header, "payload_type.authenticated") || !get(header, "payload_type.encrypted")
            || ipmi_rmcpplus_check_packet_session_authentication_code(
                   INTEGRITY, packet, length, k1, k1_length, NULL, 0, trailer)
                   != 1)) {
        tell("refused: not authentic");
        return;
    }
    if ((s
         && (ipmi_rmcpplus_check_payload_pad(CONFIDENTIALITY, payload) != 1
             || ipmi_rmcpplus_check_integrity_pad(trailer) != 1))
        || !checksums(&m)) {
        tell("refused: wrong padding or checksum");
        return;
    }
    if (s && get(header, "session_sequence_number") <= s->seen) {
        tell("refused: sequence number seen before");
        return;
    }
    if (s)
        s->seen = get(header, "session_sequence_number");
    answer = execute(s, &m);
    if (!answer)
        return;
    if (fill_rmcpplus_session_hdr(IPMI_PAYLOAD_TYPE_IPMI, s != NULL, s != NULL, 0, 0, console,
                                  s ? ++s->sent : 0, header)
            < 0
        || fill_rmcpplus_session_trlr(trailer) < 0)
        die("session header");
    send_packet(out, assemble_ipmi_rmcpplus_pkt(authentication, integrity, confidentiality, k1,
                                                k1_length, k2, k2_length, NULL, 0, rmcp_header(),
                                                header, answer_header(&m), answer, trailer, out,
                                                sizeof out, 0));
}

static void rmcpplus(const uint8_t *packet, int length)
{
    fiid_obj_t header = make(tmpl_rmcpplus_session_hdr);
    int at = RMCP_LENGTH, type, part, size;
    struct session *s;
    if ((part = fiid_obj_set_block(header, "authentication_type", "payload_type.encrypted",
                                   packet + at, length - at))
            < 0
        || length <= (at += part)
        || (part = fiid_obj_set_block(header, "session_id", "ipmi_payload_len", packet + at,
                                      length - at))
               < 0
        || length < (at += part) || fiid_obj_packet_valid(header) != 1) {
        tell("refused: malformed session header");
        return;
    }
    type = get(header, "payload_type");
    size = get(header, "ipmi_payload_len");
    if (type == IPMI_PAYLOAD_TYPE_RMCPPLUS_OPEN_SESSION_REQUEST
        || type == IPMI_PAYLOAD_TYPE_RAKP_MESSAGE_1 || type == IPMI_PAYLOAD_TYPE_RAKP_MESSAGE_3) {
        log_in(type, packet + at, size <= length - at ? size : 0);
        return;
    }
    s = session_of(get(header, "session_id"));
    if (get(header, "session_id") == 0 || (s && s->step == ACTIVE))
        ipmi_20(s, packet, length);
    else
        tell("refused: no such session");
}

static void presence(const uint8_t *packet, int length)
{
    fiid_obj_t rmcp = make(tmpl_rmcp_hdr), ping = make(tmpl_cmd_asf_presence_ping), pong;
    uint8_t out[LARGEST];
    if (unassemble_rmcp_pkt(packet, length, rmcp, ping, 0) != 1
        || get(ping, "message_type") != RMCP_ASF_MESSAGE_TYPE_PRESENCE_PING) {
        tell("refused: malformed ping");
        return;
    }
    pong = zeroes(tmpl_cmd_asf_presence_pong);
    set(pong, "iana_enterprise_number", htonl(RMCP_ASF_IANA_ENTERPRISE_NUM));
    set(pong, "message_type", RMCP_ASF_MESSAGE_TYPE_PRESENCE_PONG);
    set(pong, "message_tag", get(ping, "message_tag"));
    set(pong, "data_length", 16);
    set(pong, "oem_iana_enterprise_number", htonl(RMCP_ASF_IANA_ENTERPRISE_NUM));
    set(pong, "supported_entities.version", 1);
    set(pong, "supported_entities.ipmi_supported", 1);
    send_packet(out, assemble_rmcp_pkt(rmcp, pong, out, sizeof out, 0));
}

static void receive(void)
{
    uint8_t packet[LARGEST];
    socklen_t size = sizeof peer;
    int length = recvfrom(udp, packet, sizeof packet, 0, (struct sockaddr *)&peer, &size);
    if (length <= RMCP_LENGTH + 1)
        return;
    if (packet[3] == RMCP_HDR_MESSAGE_CLASS_ASF)
        presence(packet, length);
    else if (packet[3] != RMCP_HDR_MESSAGE_CLASS_IPMI)
        tell("refused: RMCP class %02x", packet[3]);
    else if (packet[4] == IPMI_AUTHENTICATION_TYPE_RMCPPLUS)
        rmcpplus(packet, length);
    else
        ipmi_15(packet, length);
    while (made_count)
        fiid_obj_destroy(made[--made_count]);
}

int main(int count, char **args)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    struct pollfd waiting[2] = {{.fd = 0, .events = POLLIN}};
    if (count < 2 || !inet_aton(args[1], &at.sin_addr))
        die("usage: card17 ADDRESS [mute]");
    mute = count > 2 && strcmp(args[2], "mute") == 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (ipmi_rmcpplus_init() < 0)
        die("libfreeipmi's cryptography does not start");
    udp = socket(AF_INET, SOCK_DGRAM, 0);
    if (udp < 0 || bind(udp, (struct sockaddr *)&at, sizeof at) < 0
        || getsockname(udp, (struct sockaddr *)&at, &size) < 0)
        die("no socket");
    tell("%d", ntohs(at.sin_port));
    waiting[1] = (struct pollfd){.fd = udp, .events = POLLIN};
    while (poll(waiting, 2, -1) > 0) {
        char byte;
        if (waiting[1].revents)
            receive();
        if (waiting[0].revents && read(0, &byte, 1) <= 0)
            break;
    }
    return 0;
}
