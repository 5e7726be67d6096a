import type { SessionLimits } from '@heddle/adapters/identity';
import type { Settings } from '../../settings/settings-table.js';

/** How long sessions last, from the settings. */
export function sessionLimits(settings: Pick<Settings, 'sessionIdleHours' | 'sessionDays'>): SessionLimits {
  return { idleMs: settings.sessionIdleHours * 3_600_000, longestMs: settings.sessionDays * 86_400_000 };
}
