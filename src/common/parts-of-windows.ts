// SPDX-License-Identifier: MIT
// Names what this package neither stops nor advises to stop, even where it has the port that a user wants.

const ofHyperV = 'WSL, Docker and virtual machines lose their networks, and often only a restart brings them back';
const ofWsl = 'every running Linux distribution ends without saving; use wsl --shutdown instead';
const ofSignIn = 'Windows cannot check passwords and certificates';
const ofCalls = 'hardly any other service works, and Windows may restart';
const ofSessions = 'Windows cannot start or end the sessions of its users';
const ofNetworks = 'Windows does not recognize its networks, and the firewall applies its strictest profile';

/** Lists services that Windows, WSL or Docker needs, by their names in lower case, each with what happens without it. */
export const servicesToKeep: Readonly<Record<string, string>> = {
  // Has port 53 where WSL or Hyper-V uses NAT. Stopping it hangs, or ends in a stop error of Windows (microsoft/WSL#6646).
  sharedaccess: 'WSL and virtual machines have no names and addresses; stopping it can even crash Windows',
  hns: ofHyperV,
  hvhost: ofHyperV,
  nvagent: ofHyperV,
  vfpext: ofHyperV,
  vmcompute: ofHyperV,
  vmms: ofHyperV,
  wslservice: ofWsl,
  lxssmanager: ofWsl,
  // A driver. Windows stops the services that depend on it too.
  http: 'IIS, WinRM, printing and every other program that listens through http.sys stop',
  bfe: 'the firewall and IPsec stop',
  mpssvc: 'the firewall does not protect this machine',
  dhcp: 'this machine can lose its addresses',
  dnscache: 'this machine cannot look up names',
  nsi: 'this machine has no network',
  nlasvc: ofNetworks,
  netprofm: ofNetworks,
  termservice: 'every Remote Desktop session ends, perhaps this one',
  brokerinfrastructure: ofCalls,
  dcomlaunch: ofCalls,
  plugplay: ofCalls,
  power: ofCalls,
  rpceptmapper: ofCalls,
  rpcss: ofCalls,
  systemeventsbroker: ofCalls,
  eventlog: 'Windows records no events, and other services stop',
  schedule: 'no scheduled task runs, not even those of Windows',
  kdc: ofSignIn,
  keyiso: ofSignIn,
  netlogon: ofSignIn,
  ntds: ofSignIn,
  samss: ofSignIn,
  vaultsvc: ofSignIn,
  gpsvc: ofSessions,
  lsm: ofSessions,
  profsvc: ofSessions,
};

/** Tells what happens without the service, for instance `this machine has no network`; undefined for a service that may be stopped. */
export function whyKeepService(serviceName: string): string | undefined {
  const name = serviceName.toLowerCase();
  return Object.hasOwn(servicesToKeep, name) ? servicesToKeep[name] : undefined;
}

/** Ending a program of these ends Windows, every service of a service host, or every virtual machine. */
const programs = new Set([
  'csrss.exe',
  'dwm.exe',
  'fontdrvhost.exe',
  'lsaiso.exe',
  'lsass.exe',
  'lsm.exe',
  'memory compression',
  'registry',
  'secure system',
  'services.exe',
  'smss.exe',
  'svchost.exe',
  'system',
  'vmcompute.exe',
  'vmmem',
  'vmmemwsl',
  'vmms.exe',
  'vmwp.exe',
  'wininit.exe',
  'winlogon.exe',
  'wslservice.exe',
]);

/**
 * Tells whether the file name of a program, for instance `lsass.exe`, is that of a part of Windows that must not be
 * ended.
 */
export function isPartOfWindows(imageName: string): boolean {
  return programs.has(imageName.toLowerCase());
}
