import type { PromptUse } from '@heddle/core';
import type { ReactElement } from 'react';
import { Link } from '../../ui/navigation/Link.js';
import { versionsPath, workflowPath } from '../../ui/navigation/route.js';
import { followText } from './prompt-text.js';

/** The drafts and published versions that use a prompt. */
export function PromptUses({ uses }: { readonly uses: readonly PromptUse[] }): ReactElement {
  return (
    <section className="section" aria-labelledby="prompt-uses">
      <h2 id="prompt-uses">Where it is used</h2>
      {uses.length === 0 ? (
        <p className="quiet">In no workflow. In the inspector of a node, choose “Use a library prompt”.</p>
      ) : (
        <ul className="rows">
          {uses.map(({ slug, name, published, node, field, ...use }) => (
            <li key={`${slug} ${published ?? ''} ${node} ${field}`}>
              <Link
                className="row"
                href={published === undefined ? workflowPath(slug) : versionsPath(slug, { to: published })}
              >
                <span className="row-main">
                  <span className="row-title" dir="auto" data-tip={name}>
                    {name}
                  </span>
                  <span className="quiet mono">
                    {node} · {field}
                  </span>
                </span>
                <span className="row-figures figure">
                  <span>{published === undefined ? 'draft' : `published version ${published}`}</span>
                  <span className="quiet">
                    {published === undefined ? followText(use) : `version ${use.version ?? ''}`}
                  </span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
