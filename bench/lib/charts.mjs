// SPDX-License-Identifier: MIT
export const toCharts = () => new Map();
