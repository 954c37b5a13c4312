// SPDX-License-Identifier: MIT
#ifndef WIN_PORT_RESERVATION_NODE_ADDON_API_H_
#define WIN_PORT_RESERVATION_NODE_ADDON_API_H_

// A worker thread can be terminated at any moment, and then no JavaScript exception can be thrown in it any more. What
// node-addon-api cannot throw it would otherwise take for a fatal error, which ends the whole process. All files must
// agree on this, so that none includes napi.h itself.
#ifndef NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#endif
#include <napi.h>

#endif  // WIN_PORT_RESERVATION_NODE_ADDON_API_H_
