import { ModelCard } from '@heddle/core';
import { embedCards } from './embed-cards.js';
import { generateCards } from './generate-cards.js';
import { judgeCards } from './judge-cards.js';
import { nameCards } from './name-cards.js';
import { starterPair } from './starter-pair.js';

/** The models that Heddle knows without additions by users. The starter pair comes first. */
export const starterCatalogue: readonly ModelCard[] = [
  ...starterPair,
  ...generateCards,
  ...embedCards,
  ...judgeCards,
  ...nameCards,
].map((card) => ModelCard.parse(card));
