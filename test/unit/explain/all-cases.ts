// SPDX-License-Identifier: MIT
import { casesOfReservations } from './cases-of-reservations.js';
import { casesOfRiddles } from './cases-of-riddles.js';
import { casesOfSockets } from './cases-of-sockets.js';
import type { Cases } from './facts-of.js';

export const allCases: Cases = { ...casesOfSockets, ...casesOfReservations, ...casesOfRiddles };
