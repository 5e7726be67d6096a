import type { ModelCard } from '@heddle/core';
import type { ReactElement } from 'react';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { TryPrompt } from './TryPrompt.js';
import { TryScores } from './TryScores.js';

/** A form that tries a model: with a prompt for a generating model, with texts for the others. */
export function TryModel({ card, onClose }: { readonly card: ModelCard; readonly onClose: () => void }): ReactElement {
  return (
    <Dialog title={`Try ${card.title}`} onClose={onClose}>
      {card.kind === 'generate' ? <TryPrompt card={card} /> : <TryScores card={card} />}
    </Dialog>
  );
}
