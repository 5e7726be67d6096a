import { InstallNodePackageRequest, type NodePackage } from '@heddle/core';
import { Package, Plus, Trash2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { api } from '../../api/api.js';
import { nodePackages } from '../../api/node-packages.js';
import { showCatalog } from '../../document/catalog-store.js';
import { ListRow } from '../../kit/ListRow.js';
import { useSession } from '../../session.js';
import { Allowed } from '../access/Allowed.js';
import { Confirm } from '../Confirm.js';
import { FormDialog } from '../FormDialog.js';
import { TextField } from '../FormFields.js';
import { Section } from '../home/Section.js';
import { useLoaded } from '../home/use-loaded.js';
import { readForm } from '../read-form.js';
import { useAction } from '../use-action.js';

/** Packages that bring nodes: what there is, and how it stands; owners install and remove them. */
export function NodePackagesSection(): ReactElement {
  return (
    <Allowed permission="node:install" what="Installing node packages">
      <Packages />
    </Allowed>
  );
}

function Packages(): ReactElement {
  const { catalog } = useSession();
  const packages = useLoaded(nodePackages.list);
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string>();
  /** The palette shows what there is now. */
  const changed = async (): Promise<void> => {
    packages.again();
    showCatalog(catalog, await api.nodes());
  };
  return (
    <>
      <p className="quiet">
        Each package runs in processes of its own, without files and network: its nodes reach what they declare, through
        Heddle. Folders are named in HEDDLE_NODES.
      </p>
      <p>
        <button type="button" className="button button-primary" onClick={() => setAdding(true)}>
          <Plus size={15} aria-hidden /> Install a package
        </button>
      </p>
      <Section
        title="Packages"
        loaded={packages}
        empty="There are none. A package of the registry brings nodes of a team or a vendor."
      >
        {(list) => (
          <ul className="rows">
            {list.map((one) => (
              <PackageRow key={`${one.source} ${one.name}`} one={one} onRemove={() => setRemoving(one.name)} />
            ))}
          </ul>
        )}
      </Section>
      {isAdding ? <InstallPackage onClose={() => setAdding(false)} onInstalled={changed} /> : null}
      {removing === undefined ? null : (
        <Confirm
          title={`Remove ${removing}?`}
          verb="Remove package"
          onClose={() => setRemoving(undefined)}
          onConfirm={async () => {
            await nodePackages.remove(removing);
            await changed();
            setRemoving(undefined);
          }}
        >
          <p>Its nodes are gone. Workflows that have one of them do not run until it is installed again.</p>
        </Confirm>
      )}
    </>
  );
}

const stateWords = {
  ready: undefined,
  outdated: 'It changed and cannot be loaded; the version before goes on.',
  failed: 'It cannot be loaded.',
} as const;

function PackageRow({ one, onRemove }: { readonly one: NodePackage; readonly onRemove: () => void }): ReactElement {
  const { name, source, version, types, state, error } = one;
  const words = stateWords[state];
  return (
    <ListRow
      icon={<Package size={15} aria-hidden className="quiet" />}
      title={
        <>
          {name} <span className="quiet">{source === 'folder' ? 'a folder' : version}</span>
        </>
      }
      facts={
        <>
          {types.join(', ')}
          {words === undefined ? null : (
            <span className="field-error">
              {words} {error?.message}
            </span>
          )}
        </>
      }
    >
      {source === 'folder' ? null : (
        <button type="button" className="icon-button" onClick={onRemove} aria-label={`Remove ${name}`}>
          <Trash2 size={15} aria-hidden />
        </button>
      )}
    </ListRow>
  );
}

function InstallPackage({
  onClose,
  onInstalled,
}: {
  readonly onClose: () => void;
  readonly onInstalled: () => Promise<void>;
}): ReactElement {
  const [name, setName] = useState('');
  const [version, setVersion] = useState('');
  const [integrity, setIntegrity] = useState('');
  const install = useAction();
  const submit = async (): Promise<void> => {
    const given = { name: name.trim(), version: version.trim(), integrity: integrity.trim() };
    await nodePackages.install(
      readForm(InstallNodePackageRequest, given, {
        name: 'The package has a name such as @acme/heddle-nodes.',
        version: 'The version is one version, such as 1.2.0.',
        integrity: 'The hash begins with sha512- and has 86 characters and == behind it.',
      }),
    );
    await onInstalled();
    onClose();
  };
  return (
    <FormDialog
      title="Install a package"
      verb={install.isBusy ? 'Installing…' : 'Install'}
      action={install}
      isWide
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField title="Package" value={name} isRequired isFirst placeholder="@acme/heddle-nodes" onChange={setName} />
      <TextField title="Version" value={version} isRequired placeholder="1.2.0" onChange={setVersion} />
      <TextField
        title="Hash"
        value={integrity}
        isRequired
        placeholder="sha512-…"
        help="As its publisher names it, or npm view PACKAGE@VERSION dist.integrity. An archive with another hash is not installed."
        onChange={setIntegrity}
      />
    </FormDialog>
  );
}
