import { watch, type FSWatcher } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The most folders that are watched; a package of nodes has fewer. */
const mostFolders = 500;
/** How long nothing must change before the package is loaded, in milliseconds: editors write several files. */
const quietMs = 300;
const code = /\.(?:js|mjs|cjs|json|wasm)$/;

/**
 * Calls back after code in a folder has changed and no further change follows. Installed packages, folders whose name begins with a dot,
 * and folders in `hidden` are ignored. It neither ends a process nor keeps one alive.
 */
export class FolderWatch {
  private readonly folder: string;
  private readonly hidden: readonly string[];
  private readonly onChange: () => void;
  private watchers: FSWatcher[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(folder: string, hidden: readonly string[], onChange: () => void) {
    this.folder = folder;
    this.hidden = hidden;
    this.onChange = onChange;
  }

  async open(): Promise<this> {
    const folders = await this.foldersBelow(this.folder);
    if (this.isClosed) return this;
    this.watchers = folders.slice(0, mostFolders).map((folder) => {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        // A new folder may contain code, although its name does not show it.
        if (name === null || code.test(name) || !name.includes('.')) this.wait();
      });
      watcher.on('error', () => watcher.close());
      return watcher;
    });
    return this;
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.closeWatchers();
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      // Folders may have been added or removed.
      this.closeWatchers();
      void this.open().then(() => {
        if (!this.isClosed) this.onChange();
      });
    }, quietMs);
    this.timer.unref();
  }

  private closeWatchers(): void {
    for (const watcher of this.watchers) watcher.close();
    this.watchers = [];
  }

  private async foldersBelow(folder: string): Promise<readonly string[]> {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const below = entries
      .filter((entry) => entry.isDirectory() && !/^(?:\.|node_modules$)/.test(entry.name))
      .map((entry) => join(folder, entry.name))
      .filter((path) => !this.hidden.includes(path));
    const found = [folder];
    for (const each of below) if (found.length < mostFolders) found.push(...(await this.foldersBelow(each)));
    return found;
  }
}
