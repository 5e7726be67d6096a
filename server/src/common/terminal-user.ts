import { userInfo } from 'node:os';

/** The user of a command, for audit events. A machine may have no name for them. */
export function terminalUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
