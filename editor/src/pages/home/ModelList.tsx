import type { ModelState } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatBytes } from '../../format/format-bytes.js';

const words: Readonly<Record<ModelState['status'], string>> = { absent: 'Not on this machine', downloading: 'Downloading', ready: 'Ready', loaded: 'Loaded', invalid: 'Damaged' };
const kinds: Readonly<Record<ModelState['card']['kind'], string>> = { generate: 'writes', embed: 'embeds', rerank: 'ranks', classify: 'classifies', lora: 'adapter' };

/** Models that are on this machine, then the first of the catalogue. */
export function ModelList({ models }: { readonly models: readonly ModelState[] }): ReactElement {
  const here = models.filter((model) => model.status !== 'absent');
  const others = models.length - here.length;
  return (
    <>
      <ul className="rows">
        {here.map(({ card, status, bytes, error }) => (
          <li key={card.id} className="row">
            <span className="row-dot" data-model={status} aria-hidden />
            <span className="row-main">
              <span className="row-title">{card.title}</span>
              <span className="quiet">{error?.message ?? `${words[status]} · ${kinds[card.kind]} · ${card.licence}`}</span>
            </span>
            <span className="row-figures figure">
              <span>{formatBytes(bytes)}</span>
              <span className="quiet">{card.quantisation ?? card.format}</span>
            </span>
          </li>
        ))}
      </ul>
      {others === 0 ? null : <p className="quiet section-note">{others} more in the catalogue: npx --no-install heddle models</p>}
    </>
  );
}
