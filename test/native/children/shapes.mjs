// SPDX-License-Identifier: MIT
// The only results that each call of the seam may have.
import { isDeepStrictEqual } from 'node:util';

const isUint = (value, max) => Number.isInteger(value) && value >= 0 && value <= max && !Object.is(value, -0);
const isUint16 = (value) => isUint(value, 0xffff);
const isToken = (value) => typeof value === 'bigint' && value >= 0n && value < 2n ** 64n;
const isUndefined = (value) => value === undefined;

const hasKeys = (value, ...keys) =>
  typeof value === 'object' && value !== null && isDeepStrictEqual(Object.keys(value).sort(), keys.sort());
export const isFailure = (value) =>
  hasKeys(value, 'call', 'errorNumber') && typeof value.call === 'string' && isUint(value.errorNumber, 0xffff_ffff);
const isReservation = (value) =>
  hasKeys(value, 'startPortNetworkOrder', 'numberOfPorts', 'token') &&
  isUint16(value.startPortNetworkOrder) &&
  isUint16(value.numberOfPorts) &&
  isToken(value.token);
const isAddress = (value) =>
  hasKeys(value, 'address', 'portNetworkOrder') &&
  typeof value.address === 'string' &&
  isUint16(value.portNetworkOrder);
const isOpened = (value) =>
  hasKeys(value, 'socket', ...['reservation', 'address'].filter((key) => key in value)) &&
  typeof value.socket.close === 'function' &&
  (value.reservation === undefined || isReservation(value.reservation)) &&
  (value.address === undefined || isAddress(value.address));

const isText = (value) => typeof value === 'string';
const isOwner = (row) =>
  hasKeys(row, 'address', 'portNetworkOrder', 'state', 'processId', 'imageName', 'serviceNames') &&
  [row.address, row.imageName, ...row.serviceNames].every(isText) &&
  isUint16(row.portNetworkOrder) &&
  isUint(row.state, 12) &&
  isUint(row.processId, 0xffff_ffff);
const isGuestReservation = (row) =>
  hasKeys(row, 'protocol', 'startPort', 'endPort') &&
  isUint(row.protocol, 3) &&
  isUint16(row.startPort) &&
  isUint16(row.endPort);
const isUint32 = (value) => isUint(value, 0xffff_ffff);
const serviceNumbers = ['controlsAccepted', 'exitCode', 'serviceExitCode', 'checkPoint', 'waitHint', 'processId'];
const isServiceStatus = (value) =>
  hasKeys(value, 'state', ...serviceNumbers) && isUint(value.state, 7) && Object.values(value).every(isUint32);
const isProcess = (row) =>
  hasKeys(row, 'processId', 'parentProcessId', 'imageName') &&
  isUint32(row.processId) &&
  isUint32(row.parentProcessId) &&
  isText(row.imageName);
const isDescription = (row) =>
  hasKeys(row, 'processId', 'createdAt', 'executable', 'commandLine', 'workingDirectory', 'userName') &&
  isUint32(row.processId) &&
  isToken(row.createdAt) &&
  [row.executable, row.commandLine, row.workingDirectory, row.userName].every(isText);
const listOf = (isRow) => (value) => Array.isArray(value) && Array.from(value).every(isRow);

const isLent = (value) => value === -1 || isUint(value, Number.MAX_SAFE_INTEGER);

const now = (isResult) => ({ promise: false, isResult });
const later = (isResult) => ({ promise: true, isResult: (value) => isFailure(value) || isResult(value) });

export const shapes = {
  createPersistentTcpPortReservation: later(isToken),
  createPersistentUdpPortReservation: later(isToken),
  deletePersistentTcpPortReservation: later(isUndefined),
  deletePersistentUdpPortReservation: later(isUndefined),
  lookupPersistentTcpPortReservation: later(isToken),
  lookupPersistentUdpPortReservation: later(isToken),
  openSocket: later(isOpened),
  listPortOwners: later(listOf(isOwner)),
  listGuestPortReservations: later((value) => isUndefined(value) || listOf(isGuestReservation)(value)),
  formatMessage: now(isText),
  isElevated: now((value) => typeof value === 'boolean' || isFailure(value)),
  queryService: later(isServiceStatus),
  startService: later(isUndefined),
  stopService: later(isServiceStatus),
  listProcesses: later(listOf(isProcess)),
  describeProcesses: later(listOf(isDescription)),
  terminateProcess: later(isUndefined),
  readRegistryNumber: later((value) => isUndefined(value) || isUint32(value)),
  constructor: now((value) => typeof value === 'object'),
  acquirePortReservation: later(isReservation),
  associatePortReservation: later(isUndefined),
  releasePortReservation: later(isUndefined),
  bind: later(isAddress),
  close: later(isUndefined),
  lend: now(isLent),
  disown: now((value) => typeof value === 'boolean'),
};
