// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_NODE_ADDON_API_H_
#define WIN_PORT_RESERVATION_NODE_ADDON_API_H_

// A worker thread can be terminated at any moment, and then no JavaScript exception can be thrown in it any more.
// Without this definition node-addon-api ends the whole process when it cannot throw. All files must agree on it, so
// they include this header and never napi.h.
#ifndef NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#endif
#include <napi.h>

#endif  // WIN_PORT_RESERVATION_NODE_ADDON_API_H_
