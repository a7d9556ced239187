/*
 * What both ends of the key socket share: where it is, who is at the other end, and the
 * frames between them (keysocket.h has the bytes).
 */
#ifndef KITH_HOST_KEYSOCKET_FRAME_H
#define KITH_HOST_KEYSOCKET_FRAME_H

#include <stdbool.h>
#include <sys/un.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

#define KEYSOCKET_VERSION 1

/* A store may lie deeper than the 108 bytes of sun_path, so the folder is opened and the
 * socket named through it. The folder stays open as long as the name is used. */
int keysocket_folder(const char *dir);
struct sockaddr_un keysocket_address(int folder);

/* -1 and errno: EAGAIN when a node is there and has no time, ECONNREFUSED when the socket
 * is a dead one's, ENOENT when there is none. */
int keysocket_connect(int folder);

/* Whether the same user is at the other end. */
bool keysocket_is_ours(int fd);

/* Keys pass through: room for the longest frame from the start, so that growing leaves no
 * copy behind. */
void frame_reserve(struct buf *buf);

/* Write the length before a frame that was begun with 4 bytes of nothing. */
void frame_close(struct buf *buf);

/* What stands in a buffer that received bytes are appended to. */
enum frame { FRAME_SHORT, FRAME_WHOLE, FRAME_TOO_BIG };
enum frame frame_look(const struct buf *in, struct bytes *frame);

/* Read what is there of one frame, straight into the reserved buffer: ERR_CLOSED at the
 * end, OK when it must wait or is whole. */
MUST_USE enum err frame_read(int fd, struct buf *in);

/* Send what the socket takes of `out` from `sent` on. Errors: ERR_CLOSED. */
enum err frame_write(int fd, const struct buf *out, size_t *sent);

#endif
