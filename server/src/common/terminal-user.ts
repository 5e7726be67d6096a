import { userInfo } from 'node:os';

/** Who typed a command, for the records of what they did. A machine may have no name for them. */
export function terminalUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
