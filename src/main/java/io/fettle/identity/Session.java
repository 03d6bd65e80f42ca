package io.fettle.identity;

import java.io.Serializable;
import java.util.UUID;

/**
 * What a session remembers of a sign-in; who the person is and may do is looked up at each request.
 *
 * @param passwordVersion a session ends when the password changes
 */
record Session(UUID person, String name, int passwordVersion) implements Serializable {}
