import type { AlertChannelConfig } from '@heddle/core';

/** Where a channel goes, without anything that must not be shown: the path of a Slack hook is its password. */
export function destinationOf(config: AlertChannelConfig): string {
  switch (config.kind) {
    case 'webhook':
      return config.url;
    case 'slack':
      return new URL(config.url).host;
    case 'email':
      return config.to.join(', ');
  }
}
