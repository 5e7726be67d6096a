import type { SourceConnector } from '@heddle/core';
import { folderSource } from './folder/folder-source.js';

/** Every kind of source, one line each, in the order of the menu. A connector imports heavy libraries only in `changes`. */
export const sourceConnectors: readonly SourceConnector[] = [folderSource];
