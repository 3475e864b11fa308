export { answerAhead } from './answer.ahead.js';
export { encodeBody, matchesEtag, type EncodedBody } from './encoded.body.js';
export { HotAnswers, type AnswerSource, type HotAnswersOptions } from './hot.answers.js';
