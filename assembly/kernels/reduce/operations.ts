// What a reduction combines with. Each class is a static strategy: `changetype<R>(0).combineLanes(…)` is inlined.

@unmanaged
export class Total {
  @inline neutral<T>(): T {
    return <T>0;
  }
  @inline combineLanes<T>(a: v128, b: v128): v128 {
    return v128.add<T>(a, b);
  }
}

@unmanaged
export class Product {
  @inline neutral<T>(): T {
    return <T>1;
  }
  @inline combineLanes<T>(a: v128, b: v128): v128 {
    // Bool is cast to int32 before a product; there is no i8x16.mul.
    if (sizeof<T>() == 1) return v128.and(a, b);
    return v128.mul<T>(a, b);
  }
}

// f32x4.max keeps NaN too but takes V8 eight dependent instructions. pmax is one, and gives a where either is NaN: only a NaN
// in b has to be put in.

@unmanaged
export class Largest {
  @inline neutral<T>(): T {
    if (isFloat<T>()) return <T>-Infinity;
    return sizeof<T>() == 1 ? <T>0 : <T>i32.MIN_VALUE;
  }
  @inline combineLanes<T>(a: v128, b: v128): v128 {
    if (isFloat<T>()) return v128.bitselect(b, v128.pmax<T>(a, b), v128.ne<T>(b, b));
    return v128.max<T>(a, b);
  }
}

@unmanaged
export class Smallest {
  @inline neutral<T>(): T {
    if (isFloat<T>()) return <T>Infinity;
    return sizeof<T>() == 1 ? <T>255 : <T>i32.MAX_VALUE;
  }
  @inline combineLanes<T>(a: v128, b: v128): v128 {
    if (isFloat<T>()) return v128.bitselect(b, v128.pmin<T>(a, b), v128.ne<T>(b, b));
    return v128.min<T>(a, b);
  }
}

/** Whether x takes the place of the best so far: a NaN does, and nothing takes the place of a NaN. */
@unmanaged
export class Above {
  @inline beats<T>(x: T, best: T): bool {
    return isFloat<T>() ? !(x <= best) && best == best : x > best;
  }
  @inline beatsLanes<T>(x: v128, best: v128): v128 {
    if (isFloat<T>()) return v128.andnot(v128.eq<T>(best, best), v128.le<T>(x, best));
    return v128.gt<T>(x, best);
  }
}

@unmanaged
export class Below {
  @inline beats<T>(x: T, best: T): bool {
    return isFloat<T>() ? !(x >= best) && best == best : x < best;
  }
  @inline beatsLanes<T>(x: v128, best: v128): v128 {
    if (isFloat<T>()) return v128.andnot(v128.eq<T>(best, best), v128.ge<T>(x, best));
    return v128.lt<T>(x, best);
  }
}
