import { KeyRound } from 'lucide-react';
import { Suspense, useState, type ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { CreateKey } from '../people/index.js';

/** Creates an API key for this workflow without leaving the page. Its secret is shown only once. */
export function NewKey({ id, slug }: { readonly id: string; readonly slug: string }): ReactElement | null {
  const mayMake = useMay('key:manage');
  const [isOpen, setOpen] = useState(false);
  if (!mayMake) return null;
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        <KeyRound size={14} aria-hidden /> Create key
      </button>
      {isOpen ? (
        <Suspense fallback={null}>
          <KeyDialog id={id} slug={slug} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

function KeyDialog({
  id,
  slug,
  onClose,
}: {
  readonly id: string;
  readonly slug: string;
  readonly onClose: () => void;
}): ReactElement {
  const { choices } = useWorkflows();
  return (
    <CreateKey
      workflows={choices}
      first={{ name: slug, workflows: [id] }}
      onCreated={() => undefined}
      onClose={onClose}
    />
  );
}
