import { userInfo } from 'node:os';

/** The name of the operating system's user who runs a command, for audit events. The machine may have no name for them. */
export function terminalUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
