import type { SourceConnector } from '@heddle/core';
import { bucketSource } from './bucket/bucket-source.js';
import { confluenceSource } from './confluence/confluence-source.js';
import { driveSource } from './drive/drive-source.js';
import { feedSource } from './feed/feed-source.js';
import { folderSource } from './folder/folder-source.js';
import { gitSource } from './git/git-source.js';
import { githubSource } from './github/github-source.js';
import { imapSource } from './imap/imap-source.js';
import { notionSource } from './notion/notion-source.js';
import { sharepointSource } from './sharepoint/sharepoint-source.js';
import { slackSource } from './slack/slack-source.js';
import { sqlSource } from './sql/sql-source.js';
import { webSource } from './web/web-source.js';
import { zendeskSource } from './zendesk/zendesk-source.js';

/** All connectors, in the order of the menu. A connector may import heavy libraries only in `changes`. */
export const sourceConnectors: readonly SourceConnector[] = [
  folderSource,
  webSource,
  feedSource,
  gitSource,
  sqlSource,
  bucketSource,
  imapSource,
  notionSource,
  confluenceSource,
  slackSource,
  githubSource,
  driveSource,
  sharepointSource,
  zendeskSource,
];
