import type { SourceConnector } from '@heddle/core';
import { articleChanges } from './zendesk-articles.js';
import { ZendeskConfig } from './zendesk-config.js';
import { ticketChanges } from './zendesk-tickets.js';

/** Articles of the help centre of Zendesk, or its tickets. */
export const zendeskSource: SourceConnector<ZendeskConfig> = {
  kind: 'zendesk',
  title: 'Zendesk',
  description: 'Articles of the help centre of Zendesk, or its tickets with their comments.',
  config: ZendeskConfig,
  // Anyone can open a ticket by e-mail, so its text is not trusted.
  capabilities: { isIncremental: true, hasReaders: true, secret: 'required', isUntrusted: true },
  changes: (request) => (request.config.content === 'tickets' ? ticketChanges(request) : articleChanges(request)),
};
