import type { SourceConnector } from '@heddle/core';
import { Crawl } from './crawl.js';
import { WebConfig } from './web-config.js';

/** The connector for pages and files of web sites, found by links and sitemaps. */
export const webSource: SourceConnector<WebConfig> = {
  kind: 'web',
  title: 'Web site',
  description: 'Pages and files of web sites, found by links and sitemaps. It obeys robots.txt.',
  config: WebConfig,
  capabilities: { isIncremental: false, hasReaders: false, secret: 'optional', isUntrusted: true },
  changes: (request) => new Crawl(request).changes(),
};
