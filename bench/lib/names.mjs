// SPDX-License-Identifier: MIT
// The names in the tables for the things that are measured side by side.

export const ours = 'this package';
export const bare = 'bare napi_async_work';
export const throughKoffi = 'koffi, asynchronous';
export const nodesOwn = "Node's own";
