import type { AlertChannelConfig } from '@heddle/core';

/** The destination of a channel in a form that may be shown: the path of a Slack webhook is a secret and is left out. */
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
