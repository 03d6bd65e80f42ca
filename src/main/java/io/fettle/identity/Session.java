package io.fettle.identity;

import java.io.Serializable;
import java.util.UUID;

/**
 * What a session remembers of a sign-in; who the person is and may do is looked up at each request.
 *
 * @param passwordVersion a session ends when the password changes
 * @param mustChange true when the password was set by an administrator: it is changed first
 */
record Session(UUID person, String name, int passwordVersion, boolean mustChange)
    implements Serializable {}
