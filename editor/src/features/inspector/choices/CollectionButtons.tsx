import { Plus, Upload } from 'lucide-react';
import { Suspense, useState, type ReactElement } from 'react';
import { useMay } from '../../../data/access/me-store.js';
import { CollectionSetup } from '../../collections/index.js';

interface Named {
  readonly name: string;
  readonly title: string;
}

/** Buttons that create a collection for this field, or import files into the chosen one. */
export function CollectionButtons({
  chosen,
  isReadOnly,
  onChange,
  onChanged,
}: {
  readonly chosen: Named | undefined;
  readonly isReadOnly: boolean;
  readonly onChange: (name: string) => void;
  /** Called when collections or their documents have changed. */
  readonly onChanged: () => void;
}): ReactElement | null {
  const mayWrite = useMay('collection:write');
  const [open, setOpen] = useState<{ readonly collection: Named | undefined }>();
  if (isReadOnly || !mayWrite) return null;
  return (
    <div className="wrapped gap-6">
      <button type="button" className="button button-small" onClick={() => setOpen({ collection: undefined })}>
        <Plus size={14} aria-hidden /> New collection
      </button>
      {chosen === undefined ? null : (
        <button type="button" className="button button-small" onClick={() => setOpen({ collection: chosen })}>
          <Upload size={14} aria-hidden /> Add files
        </button>
      )}
      {open === undefined ? null : (
        <Suspense fallback={null}>
          <CollectionSetup
            collection={open.collection}
            onCreated={(name) => {
              onChange(name);
              onChanged();
            }}
            onClose={() => {
              setOpen(undefined);
              onChanged();
            }}
          />
        </Suspense>
      )}
    </div>
  );
}
