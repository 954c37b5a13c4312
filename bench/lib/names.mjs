// SPDX-License-Identifier: MIT
// What is measured side by side, as the tables call it.

export const ours = 'this package';
export const bare = 'bare napi_async_work';
export const throughKoffi = 'koffi, asynchronous';
export const nodesOwn = "Node's own";
