// The same maps as a C++ programmer would write them who knows the machine: Adam in double precision, lanes in
// blocks that stay in the first-level cache, one array a quantity so that the compiler makes vector code, and every
// core at work. `engine.py` compiles it twice, with -ffast-math (reciprocals, fused products) and without.
//
//     peer <surface> <block|told|lane> <side> <steps> <repeats> <file>
//         prints the milliseconds of each repeat, by the clock and of processor time; writes x, y, loss and step of
//         arrival of all lanes as doubles
//     peer <divide|root> - 0 0 <repeats> -
//         nanoseconds a number on one core
//
// himmelblau, rastrigin, beale: one rate for all, the starts are a grid over the map. rosenbrock: one start, the grid
// is over the learning rate (fastest) and beta1. block: as above, nothing but the last point. told: as above, with the loss
// at every step, and since when a lane has been low and since when off the map, which a map of basins shows. lane: one
// after the other, as most would write it.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

constexpr int B = 64;
constexpr double beta1 = 0.9, beta2 = 0.999, eps = 1e-8, rate = 0.1;
constexpr double tau = 6.283185307179586476925;

struct Himmelblau {
    static constexpr double edge = 5;
    static double value(double x, double y) {
        double a = x * x + y - 11, b = x + y * y - 7;
        return a * a + b * b;
    }
    static void gradient(double x, double y, double &gx, double &gy) {
        double a = x * x + y - 11, b = x + y * y - 7;
        gx = 4 * x * a + 2 * b, gy = 2 * a + 4 * y * b;
    }
};

struct Rastrigin {
    static constexpr double edge = 5.12;
    static double value(double x, double y) {
        return 20 + x * x + y * y - 10 * (std::cos(tau * x) + std::cos(tau * y));
    }
    static void gradient(double x, double y, double &gx, double &gy) {
        gx = 2 * x + 10 * tau * std::sin(tau * x), gy = 2 * y + 10 * tau * std::sin(tau * y);
    }
};

struct Beale {
    static constexpr double edge = 4.5;
    static double value(double x, double y) {
        double a = 1.5 - x + x * y, b = 2.25 - x + x * y * y, c = 2.625 - x + x * y * y * y;
        return a * a + b * b + c * c;
    }
    static void gradient(double x, double y, double &gx, double &gy) {
        double a = 1.5 - x + x * y, b = 2.25 - x + x * y * y, c = 2.625 - x + x * y * y * y;
        gx = 2 * (a * (y - 1) + b * (y * y - 1) + c * (y * y * y - 1));
        gy = 2 * x * (a + 2 * b * y + 3 * c * y * y);
    }
};

struct Rosenbrock {
    static constexpr double edge = 0;
    static double value(double x, double y) { return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x); }
    static void gradient(double x, double y, double &gx, double &gy) {
        gx = -2 * (1 - x) - 400 * x * (y - x * x), gy = 200 * (y - x * x);
    }
};

struct Lanes {
    std::vector<double> x, y, f, lr, b1, since;
};

constexpr double low = 1e-6, huge = 1e300;

// Everything of one block, for all steps. `shared`: one rate for all lanes, so that its powers are computed once a step.
template <class Surface, bool shared, int width, bool told>
void run(Lanes &lanes, int first, int steps) {
    alignas(64) double x[width], y[width], mx[width] = {}, my[width] = {}, vx[width] = {}, vy[width] = {};
    alignas(64) double lr[width], b1[width], b1t[width], f[width], since[width] = {}, left[width];
    for (int j = 0; j < width; j++) {
        x[j] = lanes.x[first + j], y[j] = lanes.y[first + j];
        lr[j] = lanes.lr[first + j], b1[j] = lanes.b1[first + j], b1t[j] = 1;
        left[j] = -1;
    }
    for (int t = 1; t <= steps; t++) {
        if (told) {
            constexpr double edge = Surface::edge > 0 ? Surface::edge : huge;
#pragma omp simd
            for (int j = 0; j < width; j++) f[j] = Surface::value(x[j], y[j]);
#pragma omp simd
            for (int j = 0; j < width; j++) {
                bool inside = std::abs(x[j]) <= edge && std::abs(y[j]) <= edge && f[j] <= huge;
                since[j] = f[j] <= low ? since[j] : t;
                left[j] = inside ? -1 : left[j] < 0 ? t : left[j];
            }
        }
        double step = rate / (1 - std::pow(beta1, t)), root = std::sqrt(1 - std::pow(beta2, t));
#pragma omp simd
        for (int j = 0; j < width; j++) {
            double gx, gy, b = shared ? beta1 : b1[j];
            Surface::gradient(x[j], y[j], gx, gy);
            if (!shared) b1t[j] *= b;
            double s = shared ? step : lr[j] / (1 - b1t[j]);
            mx[j] = b * mx[j] + (1 - b) * gx, my[j] = b * my[j] + (1 - b) * gy;
            vx[j] = beta2 * vx[j] + (1 - beta2) * gx * gx, vy[j] = beta2 * vy[j] + (1 - beta2) * gy * gy;
            x[j] -= s * mx[j] / (std::sqrt(vx[j]) / root + eps);
            y[j] -= s * my[j] / (std::sqrt(vy[j]) / root + eps);
        }
    }
    for (int j = 0; j < width; j++) {
        lanes.x[first + j] = x[j], lanes.y[first + j] = y[j], lanes.f[first + j] = Surface::value(x[j], y[j]);
        lanes.since[first + j] = left[j] >= 0 ? -left[j] : since[j];
    }
}

Lanes grid(double edge, int side) {
    int n = side * side;
    Lanes lanes{std::vector<double>(n), std::vector<double>(n), std::vector<double>(n), std::vector<double>(n, rate),
                std::vector<double>(n, beta1), std::vector<double>(n)};
    for (int i = 0; i < n; i++) {
        double across = double(i % side) / (side - 1), up = double(i / side) / (side - 1);
        if (edge > 0) {
            lanes.x[i] = edge * (2 * across - 1), lanes.y[i] = edge * (2 * up - 1);
        } else {
            lanes.x[i] = -1.5, lanes.y[i] = 2;
            lanes.lr[i] = std::pow(10, 3 * across - 3), lanes.b1[i] = 1 - std::pow(10, -3 * up);
        }
    }
    return lanes;
}

template <class Surface>
void measure(const char *form, int side, int steps, int repeats, const char *file) {
    constexpr bool shared = Surface::edge > 0;
    Lanes lanes;
    for (int r = 0; r < repeats; r++) {
        lanes = grid(Surface::edge, side);
        auto begin = std::chrono::steady_clock::now();
        auto busy = std::clock();
        if (!std::strcmp(form, "block")) {
#pragma omp parallel for schedule(dynamic, 8)
            for (int i = 0; i < side * side; i += B) run<Surface, shared, B, false>(lanes, i, steps);
        } else if (!std::strcmp(form, "told")) {
#pragma omp parallel for schedule(dynamic, 8)
            for (int i = 0; i < side * side; i += B) run<Surface, shared, B, true>(lanes, i, steps);
        } else {
#pragma omp parallel for schedule(dynamic, 512)
            for (int i = 0; i < side * side; i++) run<Surface, shared, 1, false>(lanes, i, steps);
        }
        double wall = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
        std::printf("%.3f %.3f\n", wall, 1e3 * double(std::clock() - busy) / CLOCKS_PER_SEC);
    }
    FILE *out = std::fopen(file, "wb");
    for (auto *values : {&lanes.x, &lanes.y, &lanes.f, &lanes.since}) std::fwrite(values->data(), sizeof(double), values->size(), out);
    std::fclose(out);
}

// How fast the divider alone is: eight vectors that do not wait for each other.
void divider(bool root, int repeats) {
    constexpr int rounds = 2000000;
    alignas(64) volatile double seed = 1.25;
    alignas(64) double a[B];
    for (int r = 0; r < repeats; r++) {
        double by = seed;
        std::fill(a, a + B, 1.5);
        auto begin = std::chrono::steady_clock::now();
        for (int i = 0; i < rounds; i++) {
#pragma GCC ivdep
            for (int j = 0; j < B; j++) a[j] = root ? std::sqrt(a[j]) : by / a[j];
            asm volatile("" : : "r"(a) : "memory");
        }
        double ns = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
        std::printf("%.4f\n", ns / rounds / B);
    }
}

int main(int, char **argv) {
    const char *what = argv[1], *file = argv[6];
    int side = std::atoi(argv[3]), steps = std::atoi(argv[4]), repeats = std::atoi(argv[5]);
    if (!std::strcmp(what, "himmelblau")) measure<Himmelblau>(argv[2], side, steps, repeats, file);
    if (!std::strcmp(what, "rastrigin")) measure<Rastrigin>(argv[2], side, steps, repeats, file);
    if (!std::strcmp(what, "beale")) measure<Beale>(argv[2], side, steps, repeats, file);
    if (!std::strcmp(what, "rosenbrock")) measure<Rosenbrock>(argv[2], side, steps, repeats, file);
    if (!std::strcmp(what, "divide") || !std::strcmp(what, "root")) divider(!std::strcmp(what, "root"), repeats);
}
