import { Wrench } from 'lucide-react';
import type { ToolReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useMay } from '../../data/access/me-store.js';
import { useNow } from '../../ui/format/use-now.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { Section } from '../../ui/states/Section.js';
import type { Loaded } from '../../data/queries/use-loaded.js';
import { ToolEntry } from './ToolEntry.js';
import { inOrder } from './tool-text.js';
import styles from './tools.module.css';

/** The tools of a server. Those that need a decision come first. */
export function ToolList({ loaded }: { readonly loaded: Loaded<readonly ToolReply[]> }): ReactElement {
  const now = useNow(false);
  const [isAsking, setAsking] = useState(false);
  const mayApprove = useMay('tool:approve');
  const fresh = (loaded.value ?? []).filter(({ standing }) => standing === 'new');
  return (
    <>
      <Section
        title={fresh.length === 0 ? 'Tools' : `Tools, ${fresh.length} to approve`}
        loaded={loaded}
        empty={
          <EmptyState Icon={Wrench}>
            No tools are known yet. Reload the tools: if the server does not answer, this page shows the error.
          </EmptyState>
        }
      >
        {(tools) => (
          <>
            {fresh.length < 2 || !mayApprove ? null : (
              <button type="button" className="button sheet-add" onClick={() => setAsking(true)}>
                Approve all {fresh.length} as described
              </button>
            )}
            <ul className="stack">
              {inOrder(tools).map((tool) => (
                // The key contains the hash, because the user's choices belong to the definition that was shown.
                <ToolEntry
                  key={`${tool.name} ${tool.hash} ${tool.standing}`}
                  tool={tool}
                  now={now}
                  mayDecide={mayApprove}
                  onChanged={loaded.again}
                />
              ))}
            </ul>
          </>
        )}
      </Section>
      {isAsking ? (
        <Confirm
          title={`Approve ${fresh.length} tools?`}
          verb="Approve all"
          isHarmless
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            for (const tool of fresh)
              await client.POST('/api/tools/servers/{id}/tools/{name}/approve', {
                params: { path: { id: tool.server, name: tool.name } },
                body: { hash: tool.hash, effects: tool.proposed },
              });
            loaded.again();
            setAsking(false);
          }}
        >
          <p>The effects come from the server&rsquo;s own description:</p>
          <ul className={styles['tool-names']}>
            {fresh.map(({ name, tool, proposed }) => (
              <li key={name}>
                <span className="mono">{tool}</span> <span className="quiet">{proposed.join(', ')}</span>
              </li>
            ))}
          </ul>
        </Confirm>
      ) : null}
    </>
  );
}
