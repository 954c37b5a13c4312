// SPDX-License-Identifier: MIT

/**
 * Added to the environment of processes that make no TLS connection. Behind the proxy of a company this variable names a
 * file of certificates, and Node 20 reads it at each start, which takes twice as long as the rest of the start.
 */
export const noCertificates = { NODE_EXTRA_CA_CERTS: '' };
