// What a training step of the small Whisper does between its matrix products, in bfloat16 with sums in float.
//
// One pass over memory for each, where a chain of library calls makes several. Needs AVX-512 with bfloat16.
// Arrays are contiguous; `rows` counts all vectors of all examples. `whisper_fast.py` compiles this file and calls it.

#include <immintrin.h>

#include <cstdint>
#include <cstring>
#include <vector>

using bf16 = uint16_t;
constexpr int LANES = 16;

namespace {

__mmask16 first(int count) { return count >= LANES ? 0xffff : static_cast<__mmask16>((1u << count) - 1); }

__m512 load(const bf16* from, __mmask16 mask = 0xffff) {
    const __m256i raw = _mm256_maskz_loadu_epi16(mask, from);
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(raw), 16));
}

void store(bf16* to, __m512 value, __mmask16 mask = 0xffff) {
    _mm256_mask_storeu_epi16(to, mask, reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(value)));
}

__m512 all(float value) { return _mm512_set1_ps(value); }

// e^x to 2e-7, by halves of ln 2 and a polynomial of the rest.
__m512 exponential(__m512 x) {
    x = _mm512_max_ps(x, all(-87.0f));
    const __m512 whole = _mm512_roundscale_ps(_mm512_mul_ps(x, all(1.44269504f)), 0);
    const __m512 rest = _mm512_fnmadd_ps(whole, all(0.693147181f), x);
    __m512 sum = all(1.0f / 720);
    for (float factor : {1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f}) sum = _mm512_fmadd_ps(sum, rest, all(factor));
    return _mm512_scalef_ps(sum, whole);
}

// The normal distribution at x, and its density: Abramowitz and Stegun, 7.1.26 (error below 1.5e-7).
__m512 normal(__m512 x, __m512* density) {
    const __m512 bell = exponential(_mm512_mul_ps(_mm512_mul_ps(x, x), all(-0.5f)));
    const __m512 t = _mm512_div_ps(all(1.0f), _mm512_fmadd_ps(_mm512_abs_ps(x), all(0.3275911f * 0.70710678f), all(1.0f)));
    __m512 sum = all(1.061405429f);
    for (float factor : {-1.453152027f, 1.421413741f, -0.284496736f, 0.254829592f}) sum = _mm512_fmadd_ps(sum, t, all(factor));
    const __m512 tail = _mm512_mul_ps(_mm512_mul_ps(_mm512_mul_ps(sum, t), bell), all(0.5f));
    *density = _mm512_mul_ps(bell, all(0.39894228f));
    const __mmask16 below = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ);
    return _mm512_mask_blend_ps(below, _mm512_sub_ps(all(1.0f), tail), tail);
}

}  // namespace

extern "C" {

// out = gelu(in)
void gelu(const bf16* in, bf16* out, int64_t count) {
    for (int64_t i = 0; i < count; i += LANES) {
        const __mmask16 mask = first(static_cast<int>(count - i < LANES ? count - i : LANES));
        const __m512 x = load(in + i, mask);
        __m512 density;
        store(out + i, _mm512_mul_ps(x, normal(x, &density)), mask);
    }
}

// gradient *= gelu'(in); sums += the columns of the result. `width` is a multiple of 16.
void gelu_back(const bf16* in, bf16* gradient, float* sums, int64_t rows, int64_t width) {
    for (int64_t row = 0; row < rows; ++row) {
        for (int64_t i = 0; i < width; i += LANES) {
            const int64_t at = row * width + i;
            const __m512 x = load(in + at);
            __m512 density;
            const __m512 below = normal(x, &density);
            const __m512 out = _mm512_mul_ps(load(gradient + at), _mm512_fmadd_ps(x, density, below));
            store(gradient + at, out);
            _mm512_storeu_ps(sums + i, _mm512_add_ps(_mm512_loadu_ps(sums + i), out));
        }
    }
}

// sums += the columns of `in`. `width` is a multiple of 16.
void columns(const bf16* in, float* sums, int64_t rows, int64_t width) {
    for (int64_t row = 0; row < rows; ++row)
        for (int64_t i = 0; i < width; i += LANES)
            _mm512_storeu_ps(sums + i, _mm512_add_ps(_mm512_loadu_ps(sums + i), load(in + row * width + i)));
}

// Layer norm; `means` and `scales` (one over the deviation) are kept for the way back.
void norm(const bf16* in, const bf16* gain, const bf16* shift, bf16* out, float* means, float* scales, int64_t rows,
          int64_t width) {
    for (int64_t row = 0; row < rows; ++row) {
        const bf16* x = in + row * width;
        __m512 sum = _mm512_setzero_ps(), squares = _mm512_setzero_ps();
        for (int64_t i = 0; i < width; i += LANES) sum = _mm512_add_ps(sum, load(x + i));
        const float mean = _mm512_reduce_add_ps(sum) / static_cast<float>(width);
        for (int64_t i = 0; i < width; i += LANES) {
            const __m512 off = _mm512_sub_ps(load(x + i), all(mean));
            squares = _mm512_fmadd_ps(off, off, squares);
        }
        const float scale = 1.0f / __builtin_sqrtf(_mm512_reduce_add_ps(squares) / static_cast<float>(width) + 1e-5f);
        means[row] = mean;
        scales[row] = scale;
        for (int64_t i = 0; i < width; i += LANES) {
            const __m512 unit = _mm512_mul_ps(_mm512_sub_ps(load(x + i), all(mean)), all(scale));
            store(out + row * width + i, _mm512_fmadd_ps(unit, load(gain + i), load(shift + i)));
        }
    }
}

// Back through a layer norm: gradient = what goes to its input, plus `beside` (the way round the block).
void norm_back(const bf16* in, const bf16* gain, const float* means, const float* scales, bf16* gradient,
               const bf16* beside, float* gains, float* shifts, int64_t rows, int64_t width) {
    std::vector<float> units(width), pulls(width);
    for (int64_t row = 0; row < rows; ++row) {
        const int64_t at = row * width;
        const __m512 mean = all(means[row]), scale = all(scales[row]);
        __m512 sum = _mm512_setzero_ps(), product = _mm512_setzero_ps();
        for (int64_t i = 0; i < width; i += LANES) {
            const __m512 unit = _mm512_mul_ps(_mm512_sub_ps(load(in + at + i), mean), scale);
            const __m512 given = load(gradient + at + i);
            const __m512 pull = _mm512_mul_ps(given, load(gain + i));
            _mm512_storeu_ps(&units[i], unit);
            _mm512_storeu_ps(&pulls[i], pull);
            sum = _mm512_add_ps(sum, pull);
            product = _mm512_fmadd_ps(pull, unit, product);
            _mm512_storeu_ps(gains + i, _mm512_fmadd_ps(given, unit, _mm512_loadu_ps(gains + i)));
            _mm512_storeu_ps(shifts + i, _mm512_add_ps(given, _mm512_loadu_ps(shifts + i)));
        }
        const __m512 part = all(_mm512_reduce_add_ps(sum) / static_cast<float>(width));
        const __m512 lean = all(_mm512_reduce_add_ps(product) / static_cast<float>(width));
        for (int64_t i = 0; i < width; i += LANES) {
            const __m512 rest = _mm512_sub_ps(_mm512_loadu_ps(&pulls[i]), part);
            const __m512 out = _mm512_fnmadd_ps(_mm512_loadu_ps(&units[i]), lean, rest);
            store(gradient + at + i, _mm512_fmadd_ps(out, scale, load(beside + at + i)));
        }
    }
}

// Each row to shares of one, in place. With `places` > 0 row r of a square sees its first r % places + 1 columns.
void softmax(bf16* scores, int64_t rows, int64_t width, int64_t places) {
    std::vector<float> held(width + LANES);
    for (int64_t row = 0; row < rows; ++row) {
        bf16* x = scores + row * width;
        const int64_t seen = places > 0 ? row % places + 1 : width;
        __m512 most = all(-1e30f), sum = _mm512_setzero_ps();
        for (int64_t i = 0; i < seen; i += LANES) {
            const __mmask16 mask = first(static_cast<int>(seen - i < LANES ? seen - i : LANES));
            most = _mm512_mask_max_ps(most, mask, most, load(x + i, mask));
        }
        const __m512 top = all(_mm512_reduce_max_ps(most));
        for (int64_t i = 0; i < seen; i += LANES) {
            const __mmask16 mask = first(static_cast<int>(seen - i < LANES ? seen - i : LANES));
            const __m512 share = _mm512_maskz_mov_ps(mask, exponential(_mm512_sub_ps(load(x + i, mask), top)));
            _mm512_storeu_ps(&held[i], share);
            sum = _mm512_add_ps(sum, share);
        }
        const __m512 scale = all(1.0f / _mm512_reduce_add_ps(sum));
        for (int64_t i = 0; i < seen; i += LANES) {
            const __mmask16 mask = first(static_cast<int>(seen - i < LANES ? seen - i : LANES));
            store(x + i, _mm512_mul_ps(_mm512_loadu_ps(&held[i]), scale), mask);
        }
        if (seen < width) std::memset(x + seen, 0, sizeof(bf16) * static_cast<size_t>(width - seen));
    }
}

// gradient = shares * (gradient - sum(shares * gradient)), row by row.
void softmax_back(const bf16* shares, bf16* gradient, int64_t rows, int64_t width) {
    for (int64_t row = 0; row < rows; ++row) {
        const bf16* p = shares + row * width;
        bf16* g = gradient + row * width;
        __m512 sum = _mm512_setzero_ps();
        for (int64_t i = 0; i < width; i += LANES) {
            const __mmask16 mask = first(static_cast<int>(width - i < LANES ? width - i : LANES));
            sum = _mm512_fmadd_ps(load(p + i, mask), load(g + i, mask), sum);
        }
        const __m512 mean = all(_mm512_reduce_add_ps(sum));
        for (int64_t i = 0; i < width; i += LANES) {
            const __mmask16 mask = first(static_cast<int>(width - i < LANES ? width - i : LANES));
            store(g + i, _mm512_mul_ps(load(p + i, mask), _mm512_sub_ps(load(g + i, mask), mean)), mask);
        }
    }
}

// (examples, places, `stride`) from column `offset` on → (examples, heads, places, size), times `scale`.
// `size` is a multiple of 16.
void split(const bf16* in, bf16* out, int64_t examples, int64_t places, int64_t heads, int64_t size, int64_t stride,
           int64_t offset, float scale) {
    for (int64_t example = 0; example < examples; ++example)
        for (int64_t head = 0; head < heads; ++head)
            for (int64_t place = 0; place < places; ++place, out += size) {
                const bf16* from = in + (example * places + place) * stride + offset + head * size;
                for (int64_t i = 0; i < size; i += LANES) store(out + i, _mm512_mul_ps(load(from + i), all(scale)));
            }
}

// The way back of `split`.
void merge(const bf16* in, bf16* out, int64_t examples, int64_t places, int64_t heads, int64_t size, int64_t stride,
           int64_t offset, float scale) {
    for (int64_t example = 0; example < examples; ++example)
        for (int64_t head = 0; head < heads; ++head)
            for (int64_t place = 0; place < places; ++place, in += size) {
                bf16* to = out + (example * places + place) * stride + offset + head * size;
                for (int64_t i = 0; i < size; i += LANES) store(to + i, _mm512_mul_ps(load(in + i), all(scale)));
            }
}

}  // extern "C"
