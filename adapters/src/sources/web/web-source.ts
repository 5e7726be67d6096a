import type { SourceConnector } from '@heddle/core';
import { Crawl } from './crawl.js';
import { WebConfig } from './web-config.js';

/** Pages and files of web sites, found by links and sitemaps. */
export const webSource: SourceConnector<WebConfig> = {
  kind: 'web',
  title: 'Web site',
  description: 'Pages and files of web sites, found by links and sitemaps. It keeps to robots.txt.',
  config: WebConfig,
  capabilities: { isIncremental: false, hasReaders: false, secret: 'optional', isUntrusted: true },
  changes: (request) => new Crawl(request).changes(),
};
