// Signatures, written as index.ts says: Fourier transforms, windows, and what is made of them.
import type { Signatures } from "../signature";

export const fftSignatures = {
  // -- torch.fft
  /** Σ x[j]·exp(−2πijk/n) along dim, −1 unless given; n cuts the input off or fills it up with zeros. norm divides the forward transform by n ("forward"), the inverse one ("backward", unless given), or both by √n ("ortho"). Real or complex, any length. The derivative is the inverse transform of the cotangent, without its factor. @throws ArgumentError */
  "fft.fft": '(input: Tensor, n?: int, dim?: int, norm?: "backward" | "forward" | "ortho"): ComplexTensor',
  /** The inverse of fft. */
  "fft.ifft": '(input: Tensor, n?: int, dim?: int, norm?: "backward" | "forward" | "ortho"): ComplexTensor',
  /** The coefficients 0 … n/2 of a real input's fft; the others are their conjugates. */
  "fft.rfft": '(input: Tensor, n?: int, dim?: int, norm?: "backward" | "forward" | "ortho"): ComplexTensor',
  /** The real signal of n elements, 2(m − 1) unless given, of coefficients 0 … n/2: the inverse of rfft. @dtype float(input) */
  "fft.irfft": '(input: Tensor, n?: int, dim?: int, norm?: "backward" | "forward" | "ortho"): Tensor',
  /** The real transform, of n elements, of a signal whose second half is the conjugate of the first, which is given. @dtype float(input) */
  "fft.hfft": '(input: Tensor, n?: int, dim?: int, norm?: "backward" | "forward" | "ortho"): Tensor',
  /** The inverse of hfft: the first half of a real input's inverse transform. */
  "fft.ihfft": '(input: Tensor, n?: int, dim?: int, norm?: "backward" | "forward" | "ortho"): ComplexTensor',
  /** fft along the last two dims. */
  "fft.fft2": '(input: Tensor, s?: ints, dim?: ints, norm?: "backward" | "forward" | "ortho"): ComplexTensor',
  /** ifft along the last two dims. */
  "fft.ifft2": '(input: Tensor, s?: ints, dim?: ints, norm?: "backward" | "forward" | "ortho"): ComplexTensor',
  /** fft of a real input along the last two dims: half of it, along the last dim, since the other half is conjugate. */
  "fft.rfft2": '(input: Tensor, s?: ints, dim?: ints, norm?: "backward" | "forward" | "ortho"): ComplexTensor',
  /** The inverse of rfft2. @dtype float(input) */
  "fft.irfft2": '(input: Tensor, s?: ints, dim?: ints, norm?: "backward" | "forward" | "ortho"): Tensor',
  /** fft along the last two dims, of a signal that is Hermitian in the last one: real. @dtype float(input) */
  "fft.hfft2": '(input: Tensor, s?: ints, dim?: ints, norm?: "backward" | "forward" | "ortho"): Tensor',
  /** The inverse of hfft2. */
  "fft.ihfft2": '(input: Tensor, s?: ints, dim?: ints, norm?: "backward" | "forward" | "ortho"): ComplexTensor',
  /** fft along all dims, or those that are given. */
  "fft.fftn": '(input: Tensor, s?: ints, dim?: ints, norm?: "backward" | "forward" | "ortho"): ComplexTensor',
  /** ifft along all dims, or those that are given. */
  "fft.ifftn": '(input: Tensor, s?: ints, dim?: ints, norm?: "backward" | "forward" | "ortho"): ComplexTensor',
  /** fft of a real input along all dims, or those that are given: half of it, along the last dim, since the other half is conjugate. */
  "fft.rfftn": '(input: Tensor, s?: ints, dim?: ints, norm?: "backward" | "forward" | "ortho"): ComplexTensor',
  /** The inverse of rfftn. @dtype float(input) */
  "fft.irfftn": '(input: Tensor, s?: ints, dim?: ints, norm?: "backward" | "forward" | "ortho"): Tensor',
  /** fft along all dims, or those that are given, of a signal that is Hermitian in the last one: real. @dtype float(input) */
  "fft.hfftn": '(input: Tensor, s?: ints, dim?: ints, norm?: "backward" | "forward" | "ortho"): Tensor',
  /** The inverse of hfftn. */
  "fft.ihfftn": '(input: Tensor, s?: ints, dim?: ints, norm?: "backward" | "forward" | "ortho"): ComplexTensor',
  /** The frequencies of fft's n coefficients, 0, 1, … −2, −1 over n·d; d is the time between samples. @dtype dtype */
  "fft.fftfreq": "(n: int, d?: number, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** The frequencies of rfft's coefficients, 0 … n/2 over n·d. @dtype dtype */
  "fft.rfftfreq": "(n: int, d?: number, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** The coefficient of frequency 0 moved to the middle, along all dims unless some are given. @dtype input */
  "fft.fftshift": "(input: Tensor, dim?: ints): Tensor",
  /** The inverse of fftshift. @dtype input */
  "fft.ifftshift": "(input: Tensor, dim?: ints): Tensor",

  // -- windows, short times, convolution
  /** ½ − ½·cos(2πt), t = i/n; with periodic: false i/(n − 1). @dtype dtype */
  hannWindow: "(windowLength: int, periodic?: bool, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** alpha − beta·cos(2πt), 0.54 and 0.46 unless given. @dtype dtype */
  hammingWindow:
    "(windowLength: int, periodic?: bool, alpha?: number, beta?: number, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** 0.42 − ½·cos(2πt) + 0.08·cos(4πt). @dtype dtype */
  blackmanWindow: "(windowLength: int, periodic?: bool, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** 1 − |2t − 1|. @dtype dtype */
  bartlettWindow: "(windowLength: int, periodic?: bool, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /** I₀(beta·√(1 − (2t − 1)²)) / I₀(beta), beta 12 unless given. @dtype dtype */
  kaiserWindow: "(windowLength: int, periodic?: bool, beta?: number, *, dtype?: dtype, requiresGrad?: bool): Tensor",
  /**
   * The Fourier transforms of frames of a signal, nFft long and hopLength (nFft/4) apart, weighted by window: [..., frequencies, frames].
   * With center the signal is padded by nFft/2 at both ends. onesided (of real signals, unless it is false): frequencies 0 … nFft/2.
   * @throws ArgumentError, ShapeError
   */
  stft: '(input: Tensor, nFft: int, hopLength?: int, winLength?: int, window?: Tensor, center?: bool, padMode?: "constant" | "reflect" | "replicate" | "circular", normalized?: bool, onesided?: bool, returnComplex?: bool): ComplexTensor',
  /**
   * The signal of which stft, of the same arguments, has given input: its frames added up, over the sum of the window's squares. Of
   * other spectra the one that comes closest (Griffin and Lim, 1984). @throws ArgumentError where that sum is 0
   */
  istft:
    "(input: Tensor, nFft: int, hopLength?: int, winLength?: int, window?: Tensor, center?: bool, normalized?: bool, onesided?: bool, length?: int, returnComplex?: bool): Tensor",
  /**
   * The convolution of two signals along their last dims by transforms, other dims broadcast: all of it, with "same" the middle of the
   * input's size, with "valid" where the two overlap wholly. As torchaudio's, and scipy.signal's.
   * @dtype float(input, other)
   * @torch ../../audio/stable/generated/torchaudio.functional.fftconvolve.html
   */
  fftconvolve: '(input: Tensor, other: Tensor, mode?: "full" | "same" | "valid"): Tensor',
} as const satisfies Signatures;
