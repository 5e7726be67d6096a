import type { CustomNodes, InstalledPackage, PackageChange } from '@heddle/adapters/custom-nodes';
import {
  HeddleError,
  toErrorValue,
  type AuditActor,
  type AuditEvent,
  type ChangingCatalog,
  type ErrorValue,
  type InstallNodePackageRequest,
  type NodePackage,
  type NodePackagesReply,
} from '@heddle/core';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Log } from '../common/log.js';
import type { Settings } from '../settings/settings-table.js';

const load = () => import('@heddle/adapters/custom-nodes');

/**
 * The packages of custom nodes: the folders of `HEDDLE_NODES`, and the packages installed in the data folder. If there are none, nothing is
 * loaded. Their nodes are added to the catalog. `onChange` is called after a change, because compiled plans depend on the nodes.
 */
export class NodePackages {
  onChange: () => void = () => undefined;
  private opened: Promise<CustomNodes> | undefined;
  private installed: readonly InstalledPackage[] = [];
  /** Installed packages that failed to load. */
  private readonly failed = new Map<string, ErrorValue>();
  private isWatching = false;
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly settings: Pick<Settings, 'customNodes' | 'dataFolder'>,
    private readonly catalog: ChangingCatalog,
    private readonly log: Log,
    private readonly audit: { write(event: AuditEvent): Promise<void> },
  ) {}

  /**
   * Loads the packages. A folder of `HEDDLE_NODES` that does not load is an error; an installed package that does not load must not prevent
   * the start. Errors: `custom_nodes_invalid`.
   */
  async open(): Promise<void> {
    const { settings, log } = this;
    const hasInstalled = existsSync(join(settings.dataFolder, 'nodes'));
    if (settings.customNodes.length === 0 && !hasInstalled) return;
    const nodes = await this.nodes();
    if (hasInstalled) this.installed = await (await load()).listInstalled(settings.dataFolder);
    const folders = settings.customNodes.map((entry) => nodes.add(entry));
    const added = this.installed.map(({ name, folder }) => this.addInstalled(nodes, name, folder));
    const results = await Promise.allSettled([...folders, ...added]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    for (const [name, error] of this.failed) log.warn({ package: name, error }, 'a node package cannot be loaded');
  }

  /** Begins to reload folders when they change. */
  async watch(): Promise<void> {
    this.isWatching = true;
    await (await this.opened)?.watch();
  }

  async list(): Promise<NodePackagesReply> {
    const { describeConfinement, detectConfinement } = await load();
    return { packages: await this.packages(), confinement: describeConfinement(await detectConfinement()) };
  }

  /** The current state of every package. */
  async packages(): Promise<NodePackage[]> {
    if (this.opened === undefined) return [];
    const states = (await this.opened).packages;
    return [
      ...states.map(({ entry, types, error }): NodePackage => {
        const installed = this.installed.find(({ folder }) => folder === entry);
        const what = { types: [...types], state: stateOf(error), error };
        return installed === undefined
          ? { name: basename(entry), source: 'folder', ...what }
          : { ...factsOf(installed), ...what };
      }),
      ...this.installed.flatMap((installed): NodePackage[] => {
        const error = this.failed.get(installed.name);
        return error === undefined ? [] : [{ ...factsOf(installed), types: [], state: 'failed', error }];
      }),
    ];
  }

  /**
   * Checks the hash of exactly one version, then installs and loads it. Errors: `checksum_mismatch`, `node_package_failed`,
   * `custom_nodes_invalid`. After an error the version of before stays installed.
   */
  install(request: InstallNodePackageRequest, by: AuditActor): Promise<NodePackage> {
    return this.oneAfterTheOther(async () => {
      const { settings } = this;
      const { installPackage } = await load();
      const nodes = await this.nodes();
      const before = this.installed.find(({ name }) => name === request.name);
      let isUnloaded = false;
      try {
        const installed = await installPackage(request, settings.dataFolder, {
          beforeSwap: async () => {
            isUnloaded = before !== undefined;
            if (before !== undefined) await nodes.remove(before.folder);
          },
          load: ({ folder }) => nodes.add(folder),
        });
        this.forget(request.name);
        this.installed = [...this.installed, installed];
      } catch (error) {
        if (before !== undefined && isUnloaded) await this.addInstalled(nodes, before.name, before.folder);
        throw error;
      }
      const added = (await this.packages()).find(({ name }) => name === request.name);
      if (added === undefined)
        throw new HeddleError('internal', `'${request.name}' is not there after it was installed.`);
      const { name, version, integrity } = request;
      const details = { step: 'node package installed', version, integrity } as const;
      await this.audit.write({ kind: 'setting', ...by, subject: `node-package:${name}`, details });
      return added;
    });
  }

  /** Errors: `node_package_not_found`. */
  remove(name: string, by: AuditActor): Promise<void> {
    return this.oneAfterTheOther(async () => {
      const found = this.installed.find((installed) => installed.name === name);
      if (found === undefined)
        throw new HeddleError('node_package_not_found', `The node package '${name}' is not installed.`);
      await (await this.opened)?.remove(found.folder);
      await (await load()).removePackage(name, this.settings.dataFolder);
      this.forget(name);
      const details = { step: 'node package removed' } as const;
      await this.audit.write({ kind: 'setting', ...by, subject: `node-package:${name}`, details });
    });
  }

  async close(): Promise<void> {
    await (await this.opened)?.close();
  }

  private forget(name: string): void {
    this.installed = this.installed.filter((installed) => installed.name !== name);
    this.failed.delete(name);
  }

  private nodes(): Promise<CustomNodes> {
    return (this.opened ??= this.openNodes());
  }

  private async openNodes(): Promise<CustomNodes> {
    const { catalog, settings } = this;
    const { openCustomNodes } = await load();
    const nodes = await openCustomNodes([], {
      hidden: [settings.dataFolder],
      taken: new Set(catalog.list().map(({ type }) => type)),
      onChange: (change) => this.apply(change),
    });
    if (this.isWatching) await nodes.watch();
    return nodes;
  }

  private async addInstalled(nodes: CustomNodes, name: string, folder: string): Promise<void> {
    try {
      await nodes.add(folder);
    } catch (error) {
      this.failed.set(name, toErrorValue(error, 'custom_nodes_invalid'));
    }
  }

  private apply({ entry, removed, added, error }: PackageChange): void {
    const { catalog, log } = this;
    if (error !== undefined) {
      log.warn(
        { package: entry, error: toErrorValue(error) },
        'a node package changed and cannot be loaded; the previous version stays in use',
      );
      return;
    }
    catalog.replace(removed, added);
    log.info({ package: entry, types: added.map(({ type }) => type) }, 'node package loaded');
    this.onChange();
  }

  private oneAfterTheOther<Value>(work: () => Promise<Value>): Promise<Value> {
    const next = this.work.then(work, work);
    this.work = next.catch(() => undefined);
    return next;
  }
}

const stateOf = (error: ErrorValue | undefined): NodePackage['state'] => (error === undefined ? 'ready' : 'outdated');
const factsOf = ({ name, version, integrity }: InstalledPackage) =>
  ({ name, source: 'installed', version, integrity }) as const;
