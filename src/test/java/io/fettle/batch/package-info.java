/** Tests of batch. */
