const adjectives =
  'able agile amber ample apt artful astute aware balmy bold brave breezy bright brisk calm candid careful cheerful clear clever cosy crisp curious daring dapper deft eager earnest easy elated fair fancy fearless fine fleet fond frank free fresh gentle gifted glad golden graceful grand handy happy hardy hearty honest hopeful humble ideal jolly jovial keen kind lively loyal lucid lucky merry mild modest neat nimble noble open patient placid plucky polite prime proud pure quick quiet ready robust rosy sage serene sharp shiny silent sincere sleek smart snug sober solid spry steady still sturdy subtle sunny sure swift tender tidy trusty upbeat valiant vivid warm wise witty young zesty'.split(
    ' ',
  );
const scientists =
  'abel agnesi alhazen ampere anning archimedes babbage banneker bardeen bell bohr bose boyle brahe burnell cannon cantor carson cavendish celsius chandrasekhar church clarke copernicus crick curie dalton darwin davy descartes dijkstra dirac easley einstein elion euclid euler faraday fermat fermi feynman fibonacci fleming franklin galileo galois gauss germain goodall haber hamilton hawking heisenberg hertz herschel hodgkin hooke hopper hubble huygens hypatia jemison johnson joule kalam kepler khayyam knuth kovalevskaya lagrange lamarr lamport laplace lavoisier leakey leavitt leibniz linnaeus liskov lovelace mayer maxwell mccarthy meitner mendel mendeleev mirzakhani moser napier newton nightingale nobel noether ohm pascal pasteur pauling payne planck poincare ptolemy pythagoras raman ramanujan ride ritchie roentgen rubin rutherford sagan salk shannon sinoussi snyder somerville swartz tesla thompson torvalds turing volta wiles wing wright wu yalow yonath'.split(
    ' ',
  );

const pick = (words: string[]): string => words[crypto.getRandomValues(new Uint32Array(1))[0]! % words.length] ?? '';

/** A name for a container or pod that was given none: `adjective_scientist`. */
export const randomName = (): string => `${pick(adjectives)}_${pick(scientists)}`;
