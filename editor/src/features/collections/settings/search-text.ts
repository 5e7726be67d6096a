import { usualSearch, type SearchSettings } from '@heddle/core';

const modeText = { hybrid: 'Combined search', dense: 'Semantic search', lexical: 'Keyword search' } as const;

const returnsText = {
  passage: 'returns passages',
  parent: 'returns the larger passages',
  window: 'returns passages with their neighbours as one',
} as const;

/** Search settings in a sentence. */
export function searchText({
  mode = usualSearch.mode,
  weight,
  titleWeight,
  diversity,
  graphWeight,
  neighbours,
  returns,
  reranker,
}: SearchSettings): string {
  const parts = [
    modeText[mode],
    mode === 'hybrid' && weight !== undefined ? `semantic weight ${weight}` : '',
    mode === 'dense' || titleWeight === undefined ? '' : `title weight ${titleWeight}`,
    diversity === undefined || diversity === 0 ? '' : `diversity ${diversity}`,
    graphWeight === undefined || graphWeight === 0 ? '' : `graph weight ${graphWeight}`,
    neighbours === undefined || neighbours === 0
      ? ''
      : `${neighbours} adjacent ${neighbours === 1 ? 'passage' : 'passages'}`,
    returns === undefined ? '' : returnsText[returns],
    reranker === undefined ? 'no reranker' : `the best ${reranker.candidates} reranked by ${reranker.model}`,
  ];
  return `${parts.filter((part) => part !== '').join(', ')}.`;
}
