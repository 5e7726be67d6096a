import type { ModelState } from '@heddle/core';
import type { ReactElement } from 'react';
import { ModelMark } from '../../ui/icons/ModelMark.js';
import { formatBytes } from '../../ui/format/format-bytes.js';
import { Link } from '../../ui/navigation/Link.js';
import { EmptyModels } from './use-empty-states.js';
import { kindText, statusLabels } from '../models/index.js';

/** The models on this machine, and the number of further models in the catalogue. */
export function ModelList({ models }: { readonly models: readonly ModelState[] }): ReactElement {
  const here = models.filter((model) => model.status !== 'absent');
  const others = models.length - here.length;
  return (
    <>
      {here.length === 0 ? (
        <EmptyModels>
          No model is on this machine yet. Workflows need one to write, or a connection to a provider.
        </EmptyModels>
      ) : null}
      <ul className="rows">
        {here.map(({ card, status, bytes, error }) => (
          <li key={card.id}>
            <Link href="/models" className="row">
              <span className="row-dot" data-model={status} aria-hidden />
              <span className="row-main">
                <span className="row-title">
                  <ModelMark model={card.id} /> {card.title}
                </span>
                <span className="quiet">
                  {error?.message ?? `${statusLabels[status]} · ${kindText[card.kind]} · ${card.licence}`}
                </span>
              </span>
              <span className="row-figures figure">
                <span>{formatBytes(bytes)}</span>
                <span className="quiet">{card.quantisation ?? card.format}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {others === 0 ? null : (
        <p className="quiet small-text">
          <Link href="/models">{others} more in the catalogue</Link>
        </p>
      )}
    </>
  );
}
