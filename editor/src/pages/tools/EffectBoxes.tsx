import type { ToolEffect } from '@heddle/core';
import type { ReactElement } from 'react';
import { effectWords } from './tool-words.js';

/** What a tool does to the world, decided by a person; its server only proposes. */
export function EffectBoxes({
  name,
  effects,
  proposed,
  isReadOnly,
  onChange,
}: {
  readonly name: string;
  readonly effects: readonly ToolEffect[];
  readonly proposed: readonly ToolEffect[];
  readonly isReadOnly: boolean;
  readonly onChange: (effects: readonly ToolEffect[]) => void;
}): ReactElement {
  const isAsProposed = effects.length === proposed.length && proposed.every((effect) => effects.includes(effect));
  return (
    <div className="tool-effects" role="group" aria-label={`What ${name} does`}>
      <div className="abilities">
        {effectWords.map(([effect, title, help]) => (
          <label key={effect} title={help}>
            <input
              type="checkbox"
              checked={effects.includes(effect)}
              disabled={isReadOnly}
              onChange={(event) =>
                onChange(event.target.checked ? [...effects, effect] : effects.filter((one) => one !== effect))
              }
            />
            {title}
          </label>
        ))}
      </div>
      <p className="quiet">
        {effects.length === 0
          ? 'Say what it does: one at least.'
          : effects.every((effect) => effect === 'read')
            ? 'It may be called without asking.'
            : 'After text of others was read, a person is asked before each call.'}
        {isAsProposed ? ' As its server describes it.' : ''}
      </p>
    </div>
  );
}
