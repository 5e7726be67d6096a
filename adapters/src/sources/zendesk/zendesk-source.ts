import type { SourceConnector } from '@heddle/core';
import { articleChanges } from './zendesk-articles.js';
import { ZendeskConfig } from './zendesk-config.js';
import { ticketChanges } from './zendesk-tickets.js';

/** The connector for articles of a Zendesk help centre, or for tickets. */
export const zendeskSource: SourceConnector<ZendeskConfig> = {
  kind: 'zendesk',
  title: 'Zendesk',
  description: 'Articles of a Zendesk help centre, or tickets with their comments.',
  config: ZendeskConfig,
  // Anyone can open a ticket by email, so its text is not trusted.
  capabilities: { isIncremental: true, hasReaders: true, secret: 'required', isUntrusted: true },
  changes: (request) => (request.config.content === 'tickets' ? ticketChanges(request) : articleChanges(request)),
};
